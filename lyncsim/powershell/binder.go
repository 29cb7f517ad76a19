package powershell

import (
	"fmt"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell/syntax"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// bound holds the parameters that have a value ($PSBoundParameters) and the parameter
// set that was chosen.
type bound struct {
	table *value.Hashtable
	set   string
	named map[string]bool // those that the command line names
}

func newBound() *bound {
	h := value.NewHashtable()
	h.Type = "System.Management.Automation.PSBoundParametersDictionary"
	return &bound{table: h, named: make(map[string]bool)}
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
	name  string // the command's name, for messages
	class string // the command's class, for error ids
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

// fail makes a binding error. Its id ends with the command's class.
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

// arguments binds the arguments of the command line: first those with a parameter
// name, then the others by position.
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
	if p.Refused && !(p.isSwitch() && !value.Truth(a.value)) {
		return b.refused(p.Name)
	}
	if _, twice := b.bound.get(p.Name); twice {
		return b.fail("ParameterAlreadyBound", "InvalidArgument", nil, p.Name,
			"Cannot bind parameter because parameter '%s' is specified more than once. To provide multiple values to parameters that can accept multiple values, use the array syntax. For example, \"-parameter value1,value2,value3\".", p.Name)
	}
	b.bound.named[p.Name] = true
	return b.bind(p, a)
}

// bind converts and checks a value and narrows the possible parameter sets.
func (b *binder) bind(p *formal, a argument) error {
	v := a.value
	if a.number && p.typ != nil && (p.typ.Name == "System.String" || p.typ.Name == "System.Version") {
		v = a.text // as it was written: 007, 3.0
	}
	if _, many := value.Items(v); a.remote && many && p.typ != nil && p.typ.Name == "System.String" {
		v = value.Text(v)
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

// refuseUnknown stops a call that gives a parameter which is not simulated. A
// switch that is off is let through, because it asks for nothing.
func (b *binder) refuseUnknown(names []string) error {
	for _, name := range names {
		p, _ := b.table.find(name)
		if p == nil || !p.Refused {
			continue
		}
		if v, _ := b.bound.get(name); p.isSwitch() && !value.Truth(v) {
			continue
		}
		return b.refused(name)
	}
	return nil
}

func (b *binder) refused(parameter string) error {
	b.frame.at = b.at
	return b.frame.refuse(b.name + " -" + parameter)
}
