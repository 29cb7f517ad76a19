package powershell

import (
	"context"

	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// Command is a cmdlet written in Go.
//
// Begin runs once before input. Process runs once per pipeline object, or once when
// nothing is piped. End runs once at the end. Each may be nil.
//
// An error that one of them returns ends the statement. The script gets a
// *value.ErrorRecord as it is; any other error is wrapped in a record.
//
// An error of Emit, WriteError or ShouldProcess must be returned at once, because it
// may mean that the pipeline has stopped.
type Command struct {
	Name          string
	Module        string   // set when the module is registered
	Class         string   // .NET class, the tail of its error ids; empty means Name
	Aliases       []string // other names of the command
	Parameters    []Parameter
	DefaultSet    string   // parameter set when several remain possible
	ShouldProcess bool     // has -WhatIf and -Confirm
	ConfirmImpact string   // None, Low, Medium or High; empty means Medium
	OutputTypes   []string // full .NET names
	// Editions holds the command's signature in each edition. It takes the place of
	// Parameters, Aliases, DefaultSet, ShouldProcess and OutputTypes. An edition that
	// is absent has no such command. Nil: the command is the same in every edition.
	Editions map[Edition]Signature
	Refused  bool // known and bound, not simulated: a call is refused by name
	Begin    func(ctx context.Context, c *Call) error
	Process  func(ctx context.Context, c *Call) error
	End      func(ctx context.Context, c *Call) error
}

// Signature is what a caller sees of a command: its parameters, aliases and the like.
type Signature struct {
	Aliases       []string
	Parameters    []Parameter
	DefaultSet    string
	ShouldProcess bool
	OutputTypes   []string
}

// in is the command as an edition has it, nil when it has none.
func (c *Command) in(e Edition) *Command {
	if c.Editions == nil {
		return c
	}
	s, ok := c.Editions[e]
	if !ok {
		return nil
	}
	made := *c
	made.Editions = nil
	made.Aliases, made.Parameters, made.DefaultSet = s.Aliases, s.Parameters, s.DefaultSet
	made.ShouldProcess, made.OutputTypes = s.ShouldProcess, s.OutputTypes
	return &made
}

// errorName is the last part of the command's error ids.
func (c *Command) errorName() string {
	if c.Class != "" {
		return c.Class
	}
	return c.Name
}

// AllSets is the name that the engine gives to "every parameter set".
const AllSets = "__AllParameterSets"

// Parameter declares one parameter of a command.
type Parameter struct {
	Name       string
	Aliases    []string
	Type       string         // short or full .NET name; empty means Object
	Sets       []ParameterSet // none: optional, by name, in every set
	AllowNull  bool           // $null, '' and @() are allowed for a mandatory parameter
	AllowEmpty bool           // '' and @() are allowed for a mandatory parameter
	Validators []Validator
	Words      []string // names of an enumeration that has no type here; none: any value of Type
	Refused    bool     // bound, but not simulated: a call that gives it is refused by name
}

// ParameterSet says how a parameter takes part in one set (or in all of them).
type ParameterSet struct {
	Name          string // empty or AllSets: every set
	Mandatory     bool
	Position      int  // from 0; Named: by name only
	FromPipeline  bool // the whole object
	FromProperty  bool // a property of the object with the parameter's name or alias
	FromRemaining bool // takes all arguments that are left
}

// Named is the Position of a parameter that is bound by name only.
const Named = -1

// Validator checks a bound value. It cannot change the value.
type Validator interface {
	// Validate returns a message for people when the value is not allowed.
	// It sees single elements when the value is a collection.
	Validate(v any) error
}

// Mandatory is the usual declaration of a required parameter at a position.
func Mandatory(position int) []ParameterSet {
	return []ParameterSet{{Mandatory: true, Position: position}}
}

// Optional is the usual declaration of an optional parameter at a position.
func Optional(position int) []ParameterSet {
	return []ParameterSet{{Position: position}}
}

// Module is a set of commands. Import-Module loads it into a runspace, and so does the
// first use of one of its commands.
type Module struct {
	Name      string
	Version   string // e.g. "5.0.0.0"
	GUID      string
	Commands  []*Command
	Variables map[string]any // set in the global scope by loading
	// Load runs at each import into a runspace, e.g. to let the time pass that
	// a real import takes. Its error makes the import fail. Nil: nothing runs.
	Load func(ctx context.Context) error
	// MayHave reports whether the real module may have a command of that name, which
	// this module lacks. Calling such a command is refused. Nil: there are none.
	MayHave func(name string) bool
}

// NewErrorRecord makes an error record for WriteError or for returning: an
// exception class (full .NET name), an error id, an ErrorCategory by name, the
// target object and the message.
func NewErrorRecord(class, id, category string, target any, message string) *value.ErrorRecord {
	return value.NewErrorRecord(value.NewException(class, message), id, category, value.From(target))
}
