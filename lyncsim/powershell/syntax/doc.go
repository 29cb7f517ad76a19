// Package syntax turns PowerShell source text into a tree.
//
// It implements the language of Windows PowerShell 5.1: the two modes of the lexer
// (a command's arguments are words; everywhere else text is an expression), and the
// statements that scripts and administrators use. Other constructs (classes,
// workflows, configurations, data sections) end in an UnsupportedError that names
// them. Text that PowerShell itself refuses ends in a ParseError with the engine's
// own error ids. For a script that parses, the tree is the one that the real engine
// makes; test/powershell holds the recorded trees.
//
// Source: Windows PowerShell Language Specification 3.0 and the recorded trees.
package syntax
