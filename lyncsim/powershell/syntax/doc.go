// Package syntax turns PowerShell source text into a tree.
//
// It knows the language of Windows PowerShell 5.1: the two modes of the lexer
// (a command's arguments are words, everywhere else text is an expression), and
// the statements that scripts and administrators use. Constructs outside that
// part (classes, workflows, configurations, data sections) end in an
// UnsupportedError that names them; text that PowerShell itself refuses ends in a
// ParseError with the engine's own error ids. A script that parses has the tree
// that the real engine gives it; test/powershell holds what that engine answered.
//
// Source: Windows PowerShell Language Specification 3.0 and the recorded trees.
package syntax
