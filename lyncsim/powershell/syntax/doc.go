// Package syntax turns PowerShell source text into a tree.
//
// It knows the language of Windows PowerShell 5.1. Like that language it reads text in
// two modes: the arguments of a command are words, and everywhere else text is an
// expression. It knows the statements that scripts and administrators use. Classes,
// workflows, configurations and data sections are not among them: they give an
// UnsupportedError that names the construct. Text that PowerShell itself refuses gives
// a ParseError with PowerShell's own error ids.
//
// In this package "the engine" is the real PowerShell. A script that parses has the
// same tree as in the engine. test/powershell holds the trees that the engine gave.
//
// Source: Windows PowerShell Language Specification 3.0 and the recorded trees.
package syntax
