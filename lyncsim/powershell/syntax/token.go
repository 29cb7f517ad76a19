package syntax

import "strings"

// mode is the way in which the lexer reads characters.
type mode int

const (
	commandMode  mode = iota // words: a command's name and arguments
	operandMode              // an expression at a place where a value is expected
	operatorMode             // an expression at a place behind a value
)

type tokenKind int

const (
	endToken       tokenKind = iota
	newlineToken             // a line end
	symbolToken              // punctuation, or an operator without letters
	dashToken                // -eq and the like in an expression
	parameterToken           // -Name or -Name:
	wordToken                // a bare word, or in an expression an identifier
	numberToken
	stringToken // quoted text without anything to expand
	expandableToken
	variableToken
	splatToken
	redirectToken
)

// token is one token that the lexer read at one place in one mode.
type token struct {
	kind       tokenKind
	start, end int
	text       string // as written
	value      string // a word's or string's text, a variable's or parameter's name
	quote      QuoteKind
	colon      bool    // a parameter that is followed by its argument
	number     any     // of a numberToken
	pieces     []piece // of an expandableToken, and of a word with variables
	issues     []Issue // the parser reports them when it takes the token
}

// piece is literal text, a variable's name, or the range of a $(…).
type piece struct {
	kind       pieceKind
	text       string // the literal, or the variable's name
	start, end int
	dropped    []int // offsets of the quotes to leave out of a $(…)
}

type pieceKind int

const (
	literalPiece pieceKind = iota
	variablePiece
	subexpressionPiece
)

// is reports whether the token is the given punctuation.
func (t token) is(symbol string) bool { return t.kind == symbolToken && t.text == symbol }

// anyMode reports whether the token is the same in every mode.
func (t token) anyMode() bool {
	switch t.kind {
	case endToken, newlineToken, stringToken, expandableToken, splatToken:
		return true
	case symbolToken:
		return len(t.text) > 0 && strings.Contains("(){};,|&", t.text[:1])
	}
	return false
}

// keyword is the token's word in lower case when it can be a keyword: written
// without quotes and escapes.
func (t token) keyword() string {
	if t.kind != wordToken || t.text != t.value {
		return ""
	}
	return strings.ToLower(t.text)
}

// ends reports whether the token ends a pipeline.
func (t token) ends() bool {
	switch t.kind {
	case endToken, newlineToken:
		return true
	case symbolToken:
		return t.text == ";" || t.text == ")" || t.text == "}"
	}
	return false
}
