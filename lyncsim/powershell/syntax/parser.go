package syntax

import (
	"fmt"
	"slices"
	"strings"
)

// maxDepth is the largest depth of a tree. Nesting and chains of operators both add to it.
const maxDepth = 4000

// parser turns tokens into a tree by recursive descent. A complaint does not stop it.
// Like the engine it goes on and reports every mistake that it finds.
type parser struct {
	lexer
	options ParseOptions
	pos     int // where the next token is looked for
	last    int // end of the last token taken

	ahead     token // the token at aheadPos in aheadMode
	aheadPos  int
	aheadMode mode

	issues       []Issue
	refused      *UnsupportedError
	halted       bool // the rest of the text is not read
	requirements []Requirement
	depth        int
	commas       commaMeaning
	brackets     map[int]bracket
}

// commaMeaning is the meaning of a comma: it makes an array, or it ends the value.
type commaMeaning int

const (
	commaJoins commaMeaning = iota
	commaEnds               // in lists of parameters and arguments
)

func newParser(source *Source, options ParseOptions) *parser {
	return &parser{
		lexer:    lexer{source: source, text: source.text},
		options:  options,
		aheadPos: -1,
		brackets: map[int]bracket{},
	}
}

// peek is the next token, read in mode m. It is not taken.
func (p *parser) peek(m mode) token {
	if p.aheadPos != p.pos || p.aheadMode != m && !p.ahead.anyMode() {
		p.ahead, p.aheadPos, p.aheadMode = p.at(p.pos, m), p.pos, m
	}
	return p.ahead
}

// take takes the next token, read in mode m.
func (p *parser) take(m mode) token {
	t := p.peek(m)
	p.noteRequirements(p.text[p.pos:t.start])
	p.pos, p.last = t.end, t.end
	p.note(t.issues...)
	return t
}

// accept takes the next token if it is the given punctuation.
func (p *parser) accept(symbol string) bool {
	if !p.peek(operatorMode).is(symbol) {
		return false
	}
	p.take(operatorMode)
	return true
}

// expect takes the given punctuation, or complains about the token that stands there.
func (p *parser) expect(symbol, id, message string) bool {
	if p.accept(symbol) {
		return true
	}
	p.complain(p.peek(operatorMode), id, message)
	return false
}

// acceptWord takes the next token if it is the given keyword.
func (p *parser) acceptWord(keyword string) bool {
	if p.peek(commandMode).keyword() != keyword {
		return false
	}
	p.take(commandMode)
	return true
}

func (p *parser) skipNewlines() {
	for p.peek(operatorMode).kind == newlineToken {
		p.take(operatorMode)
	}
}

// skipSeparators skips line ends and semicolons.
func (p *parser) skipSeparators() {
	for t := p.peek(operatorMode); t.kind == newlineToken || t.is(";"); t = p.peek(operatorMode) {
		p.take(operatorMode)
	}
}

// extent reaches from start to the last token taken.
func (p *parser) extent(start int) Extent {
	return Extent{p.source, start, max(start, p.last)}
}

// since makes the embedded part of a statement.
func (p *parser) since(start int) statementNode { return statementNode{p.extent(start)} }

// value makes the embedded part of an expression.
func (p *parser) value(start int) expressionNode { return expressionNode{p.extent(start)} }

// complain reports an issue at a token.
func (p *parser) complain(t token, id, message string) {
	p.complainAt(Extent{p.source, t.start, t.end}, id, message)
}

func (p *parser) complainAt(where Extent, id, message string) {
	p.note(Issue{Extent: where, ID: id, Message: message})
}

// maxIssues is the number of issues at which parsing stops, because the text is probably
// no PowerShell at all.
const maxIssues = 20

// note adds the issues that the parser does not have yet.
func (p *parser) note(issues ...Issue) {
	for _, issue := range issues {
		if p.halted || p.knows(issue) {
			continue
		}
		p.issues = append(p.issues, issue)
		if len(p.issues) == maxIssues {
			p.stop()
		}
	}
}

func (p *parser) knows(issue Issue) bool {
	return slices.ContainsFunc(p.issues, func(known Issue) bool {
		return known.ID == issue.ID && known.Extent.same(issue.Extent)
	})
}

// refuse stops parsing at a construct that the simulator does not have.
func (p *parser) refuse(t token, construct string) {
	if !p.halted {
		line := Extent{p.source, t.start, t.end}.Line()
		p.refused = &UnsupportedError{Construct: construct, Line: line}
	}
	p.stop()
}

// stop skips the rest of the text, so that every function of the parser sees its end.
func (p *parser) stop() {
	p.halted = true
	p.pos = len(p.text)
}

// enter goes one level deeper. When that is too deep it stops parsing and reports false.
// Each call of enter is followed by a call of leave.
func (p *parser) enter() bool {
	if p.depth++; p.depth <= maxDepth {
		return true
	}
	p.depth--
	p.complain(p.peek(operatorMode), "ScriptTooComplicated", fmt.Sprintf("The script is nested too deeply: more than %d levels.", maxDepth))
	p.depth++
	p.stop()
	return false
}

func (p *parser) leave() { p.depth-- }

// noteRequirements records the #Requires comments in text that the lexer skipped.
func (p *parser) noteRequirements(skipped string) {
	if !strings.Contains(skipped, "#") {
		return
	}
	start := p.pos
	for line := range strings.Lines(skipped) {
		text := strings.TrimSpace(line)
		if len(text) > len("#requires") && strings.EqualFold(text[:len("#requires")], "#requires") {
			where := Extent{p.source, start, start + len(line)}
			p.requirements = append(p.requirements, Requirement{Extent: where, Clause: strings.TrimSpace(text[len("#requires"):])})
		}
		start += len(line)
	}
}
