// Package configuration reads the session configurations (JEA) that an administrator
// installed on a machine: .pssc files, modules, and the role capabilities inside these.
// It opens runspaces that are restricted as a configuration says.
//
// It simulates the keys that a configuration without a language needs. A configuration
// with another key that would change a session is refused when it is installed.
package configuration
