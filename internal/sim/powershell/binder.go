package powershell

import (
	"fmt"
	"strings"

	"github.com/fedroute/fedroute/internal/sim/powershell/syntax"
	"github.com/fedroute/fedroute/internal/sim/powershell/value"
)

// bound are the parameters that have a value: $PSBoundParameters, and the set
// that was chosen.
type bound struct {
	table *value.Hashtable
	set   string
}

func newBound() *bound {
	h := value.NewHashtable()
	h.Type = "System.Management.Automation.PSBoundParametersDictionary"
	return &bound{table: h}
}

func (b *bound) get(name string) (any, bool) { return b.table.Get(name) }

func (b *bound) names() []string {
	var names []string
	for _, k := range b.table.Keys() {
		names = append(names, value.Text(k))
	}
	return names
}

// binder gives the arguments of one call to its parameters.
type binder struct {
	frame *frame
	at    syntax.Extent
	name  string // of the command, in messages
	class string // of the command, in error ids
	table *paramTable
	bound *bound
	valid uint64 // the parameter sets that are still possible
	rest  []any  // $args of a function that is not advanced
	fixed int    // number of parameters bound on the command line
}

func newBinder(inv *invocation, table *paramTable) *binder {
	b := &binder{frame: inv.frame, at: inv.at, name: inv.name, class: inv.class, table: table, bound: newBound(), valid: allBits}
	if len(table.sets) > 0 {
		b.valid = 1<<len(table.sets) - 1
	}
	return b
}

// fail makes a binding error: its id ends with the command.
func (b *binder) fail(id, category string, target any, parameter, format string, args ...any) error {
	exception := &value.Exception{Type: bindingException, Message: fmt.Sprintf(format, args...)}
	if strings.HasPrefix(id, "ParameterArgumentValidationError") {
		exception.Type = "System.Management.Automation.ParameterBindingValidationException"
	}
	if strings.HasPrefix(id, "ParameterArgumentTransformation") {
		exception.Type = "System.Management.Automation.ParameterBindingArgumentTransformationException"
	}
	exception.Props = value.NewObject(exception.Type).Set("ParameterName", parameter).Set("ErrorId", id)
	record := value.NewErrorRecord(exception, id, category, target)
	record.Command, record.Activity = b.class, b.name
	record.Invocation = positionOf(b.at)
	record.Invocation.Name = b.name
	exception.Record = record
	return &raised{record: record}
}

// arguments binds what stands on the command line: names first, then positions.
func (b *binder) arguments(args []argument) error {
	named, values, err := b.pair(args)
	if err != nil {
		return err
	}
	for _, a := range named {
		if err := b.named(a); err != nil {
			return err
		}
	}
	if err := b.positional(values); err != nil {
		return err
	}
	b.fixed = b.bound.table.Len()
	return nil
}

// pair gives values to names: "-Name value". Switches take none; what follows
// "--" is no name.
func (b *binder) pair(args []argument) (named, values []argument, err error) {
	for i := 0; i < len(args); i++ {
		a := args[i]
		if a.name == "" {
			values = append(values, a)
			continue
		}
		if a.name == "-" && !a.hasValue {
			return named, append(values, asValues(args[i+1:])...), nil
		}
		p, ambiguous := b.table.find(a.name)
		if p == nil && len(ambiguous) == 0 && !b.table.advanced {
			values = append(values, b.unknown(a)...)
			continue
		}
		if !a.hasValue && p != nil {
			taken, err := b.take(&a, p, args[i+1:])
			if err != nil {
				return nil, nil, err
			}
			i += taken
		}
		named = append(named, a)
	}
	return named, values, nil
}

// take gives a name without a colon its value and tells how many arguments that used up.
func (b *binder) take(a *argument, p *formal, following []argument) (int, error) {
	if p.isSwitch() {
		a.value, a.hasValue = value.Switch(true), true
		return 0, nil
	}
	if len(following) == 0 || following[0].name != "" {
		return 0, b.fail("MissingArgument", "InvalidArgument", nil, p.Name,
			"Missing an argument for parameter '%s'. Specify a parameter of type '%s' and try again.", p.Name, p.typeName())
	}
	a.value, a.hasValue, a.number = following[0].value, true, following[0].number
	if following[0].number {
		a.text = following[0].text
	}
	return 1, nil
}

func (p *formal) typeName() string {
	if p.typ == nil {
		return "System.Object"
	}
	return p.typ.Name
}

func asValues(args []argument) []argument {
	var values []argument
	for _, a := range args {
		if a.name != "" {
			a = argument{value: "-" + a.name, hasValue: true, text: a.text}
		}
		values = append(values, a)
	}
	return values
}

// unknown keeps a name that a function does not declare in its $args.
func (b *binder) unknown(a argument) []argument {
	kept := []argument{{value: "-" + a.name, hasValue: true, text: a.text}}
	if a.hasValue {
		kept[0].value = "-" + a.name + ":"
		kept = append(kept, argument{value: a.value, hasValue: true, text: a.text})
	}
	return kept
}

func (b *binder) named(a argument) error {
	p, ambiguous := b.table.find(a.name)
	if len(ambiguous) > 0 {
		var names strings.Builder
		for _, m := range ambiguous {
			names.WriteString(" -" + m.Name)
		}
		return b.fail("AmbiguousParameter", "InvalidArgument", nil, a.name,
			"Parameter cannot be processed because the parameter name '%s' is ambiguous. Possible matches include:%s.", a.name, names.String())
	}
	if p == nil {
		return b.fail("NamedParameterNotFound", "InvalidArgument", nil, a.name,
			"A parameter cannot be found that matches parameter name '%s'.", a.name)
	}
	if _, twice := b.bound.get(p.Name); twice {
		return b.fail("ParameterAlreadyBound", "InvalidArgument", nil, p.Name,
			"Cannot bind parameter because parameter '%s' is specified more than once. To provide multiple values to parameters that can accept multiple values, use the array syntax. For example, \"-parameter value1,value2,value3\".", p.Name)
	}
	return b.bind(p, a)
}

// bind converts and checks a value and narrows the possible parameter sets.
func (b *binder) bind(p *formal, a argument) error {
	v := a.value
	if a.number && p.typ != nil && p.typ.Name == "System.String" {
		v = a.text
	}
	v, err := b.convert(p, v)
	if err != nil {
		return err
	}
	if b.valid&p.sets == 0 {
		return b.noSet()
	}
	b.valid &= p.sets
	b.bound.table.Set(p.Name, v)
	return nil
}

func (b *binder) noSet() error {
	return b.fail("AmbiguousParameterSet", "InvalidArgument", nil, "",
		"Parameter set cannot be resolved using the specified named parameters. One or more parameters issued cannot be used together or an insufficient number of parameters were provided.")
}

// positional gives the values without a name to the parameters by position.
func (b *binder) positional(values []argument) error {
	for i, a := range values {
		candidates := b.nextPosition()
		if len(candidates) == 0 {
			return b.remaining(values[i:])
		}
		if err := b.bind(b.choose(candidates, a.value), a); err != nil {
			return err
		}
	}
	return nil
}

// choose prefers the parameter that takes the value without a conversion.
func (b *binder) choose(candidates []*formal, v any) *formal {
	for _, p := range candidates {
		if b.fits(p, v, false) {
			return p
		}
	}
	return candidates[0]
}

// nextPosition are the parameters with the lowest free position, those of the
// default set first.
func (b *binder) nextPosition() []*formal {
	var preferred, others []*formal
	lowest := 1 << 30
	defaultBit := b.defaultBit()
	for _, p := range b.table.list {
		if _, done := b.bound.get(p.Name); done || p.sets&b.valid == 0 {
			continue
		}
		at, inDefault := b.positionOf(p, defaultBit)
		if at < 0 || at > lowest {
			continue
		}
		if at < lowest {
			lowest, preferred, others = at, nil, nil
		}
		if inDefault {
			preferred = append(preferred, p)
		} else {
			others = append(others, p)
		}
	}
	return append(preferred, others...)
}

// positionOf is the parameter's lowest position in the possible sets.
func (b *binder) positionOf(p *formal, defaultBit uint64) (int, bool) {
	lowest, inDefault := -1, false
	b.table.any(p, b.valid, func(s ParameterSet) bool {
		if s.Position >= 0 && !s.FromRemaining && (lowest < 0 || s.Position < lowest) {
			lowest = s.Position
			inDefault = b.table.bit(s.Name)&defaultBit != 0
		}
		return false
	})
	return lowest, inDefault
}

func (b *binder) defaultBit() uint64 {
	if b.table.defaultSet == "" {
		return 0
	}
	return b.table.bit(b.table.defaultSet)
}

// remaining gives values that no position takes to the parameter for the rest, or to $args.
func (b *binder) remaining(values []argument) error {
	var rest []any
	for _, a := range values {
		rest = append(rest, a.value)
	}
	for _, p := range b.table.list {
		_, done := b.bound.get(p.Name)
		if !done && b.table.any(p, b.valid, func(s ParameterSet) bool { return s.FromRemaining }) {
			return b.bind(p, argument{value: rest, hasValue: true})
		}
	}
	if !b.table.advanced {
		b.rest = append(b.rest, rest...)
		return nil
	}
	return b.fail("PositionalParameterNotFound", "InvalidArgument", nil, value.Text(values[0].value),
		"A positional parameter cannot be found that accepts argument '%s'.", value.Text(values[0].value))
}
