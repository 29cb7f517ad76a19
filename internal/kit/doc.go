// Package kit writes the endpoint kit: for every machine of an organization the files by
// which an administrator registers a session configuration (JEA) that holds the scripts of
// the catalogue as functions, and nothing else. An account that may use the configuration
// can call these functions and has no other right there.
//
// The package also describes the functions, so that a client knows what it may call.
// It reads no file and opens no connection.
package kit
