package powershell

import (
	"context"

	"github.com/fedroute/fedroute/internal/sim/powershell/value"
)

// Command is a cmdlet written in Go.
//
// Begin runs once before input, Process once per pipeline object (or once when
// nothing is piped), End once at the end; each may be nil. An error that one of
// them returns ends the statement: a *value.ErrorRecord as it is, any other
// error wrapped in one. What Emit, WriteError and ShouldProcess return must be
// handed back without delay, because it may say that the pipeline has stopped.
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
	Begin         func(ctx context.Context, c *Call) error
	Process       func(ctx context.Context, c *Call) error
	End           func(ctx context.Context, c *Call) error
}

// errorName is what the command's error ids end with.
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
	Validators []Validator
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

// Validator checks (and may replace nothing of) a bound value.
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

// Module is a set of commands that Import-Module, or the first use of one of
// them, loads into a runspace.
type Module struct {
	Name      string
	Version   string // e.g. "5.0.0.0"
	GUID      string
	Commands  []*Command
	Variables map[string]any // set in the global scope by loading
	// Load runs at each import into a runspace, e.g. to take the time that
	// importing takes. Its error makes the import fail. Nil for nothing.
	Load func(ctx context.Context) error
}

// Parameter names that every command has, and those of ShouldProcess.
var (
	commonParameters = []Parameter{
		{Name: "Verbose", Aliases: []string{"vb"}, Type: "SwitchParameter"},
		{Name: "Debug", Aliases: []string{"db"}, Type: "SwitchParameter"},
		{Name: "ErrorAction", Aliases: []string{"ea"}, Type: "ActionPreference"},
		{Name: "WarningAction", Aliases: []string{"wa"}, Type: "ActionPreference"},
		{Name: "InformationAction", Aliases: []string{"infa"}, Type: "ActionPreference"},
		{Name: "ErrorVariable", Aliases: []string{"ev"}, Type: "String"},
		{Name: "WarningVariable", Aliases: []string{"wv"}, Type: "String"},
		{Name: "InformationVariable", Aliases: []string{"iv"}, Type: "String"},
		{Name: "OutVariable", Aliases: []string{"ov"}, Type: "String"},
		{Name: "OutBuffer", Aliases: []string{"ob"}, Type: "Int32"},
		{Name: "PipelineVariable", Aliases: []string{"pv"}, Type: "String"},
	}
	shouldProcessParameters = []Parameter{
		{Name: "WhatIf", Aliases: []string{"wi"}, Type: "SwitchParameter"},
		{Name: "Confirm", Aliases: []string{"cf"}, Type: "SwitchParameter"},
	}
)

// NewErrorRecord makes an error record for WriteError or for returning: an
// exception class (full .NET name), an error id, an ErrorCategory by name, the
// target object and the message.
func NewErrorRecord(class, id, category string, target any, message string) *value.ErrorRecord {
	return value.NewErrorRecord(value.NewException(class, message), id, category, value.From(target))
}
