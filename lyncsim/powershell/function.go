package powershell

import (
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/syntax"
)

// function is a function or filter that a script defined.
type function struct {
	name   string
	filter bool
	params []*syntax.Parameter // in parentheses behind the name
	body   *syntax.ScriptBlock
	module *scope // the scope of the module that defined it, nil for none
	from   string // the name of that module
}

func newFunction(d *syntax.FunctionDefinition) *function {
	return &function{name: d.Name, filter: d.Filter, params: d.Parameters, body: d.Body}
}

// defineFunction defines a function in the scope that its name asks for, as in
// function global:Name.
func (f *frame) defineFunction(d *syntax.FunctionDefinition) {
	fn, at := newFunction(d), f.scope
	if where, name, ok := strings.Cut(fn.name, ":"); ok {
		fn.name = name
		switch strings.ToLower(where) {
		case "global":
			at = at.root()
		case "script":
			at = at.script
		}
	}
	at.define(fn)
}

// declaration holds the facts that a script block's parameters and attributes declare.
type declaration struct {
	table         *paramTable
	shouldProcess bool
	confirmImpact string
	params        []*syntax.Parameter
}

// declare reads the parameters of a body. Their attributes are evaluated here.
func (f *frame) declare(body *syntax.ScriptBlock, params []*syntax.Parameter) (*declaration, error) {
	d := &declaration{table: &paramTable{script: true}, confirmImpact: "Medium", params: params}
	var attributes []syntax.AttributeNode
	if body.Params != nil {
		d.params, attributes = body.Params.Parameters, body.Params.Attributes
	}
	positional := true
	for _, a := range attributes {
		attribute, ok := a.(*syntax.Attribute)
		if !ok || !attributeIs(attribute, "CmdletBinding") {
			continue
		}
		d.table.advanced = true
		if err := f.cmdletBinding(d, attribute, &positional); err != nil {
			return nil, err
		}
	}
	custom := false
	for _, p := range d.params {
		declared, err := f.declareParameter(d, p)
		if err != nil {
			return nil, err
		}
		custom = custom || declared
	}
	if set := d.table.defaultSet; set != "" && len(d.table.sets) > 0 {
		d.table.bit(set) // registers the set, which may have no parameter of its own
	}
	if positional && !custom {
		d.number()
	}
	if d.table.advanced {
		d.table.addCommon(commonIn(f.rs.Edition(), d.shouldProcess))
	}
	return d, nil
}

// number gives the parameters positions in the order of declaration. Switches get none.
func (d *declaration) number() {
	position := 0
	for _, p := range d.table.list {
		if p.isSwitch() {
			continue
		}
		p.position = position
		for i := range p.Sets {
			p.Sets[i].Position = position
		}
		position++
	}
}

// declareParameter reads one parameter. It reports whether the parameter names a
// position or a parameter set.
func (f *frame) declareParameter(d *declaration, p *syntax.Parameter) (bool, error) {
	made := &formal{Parameter: Parameter{Name: p.Name.Name}, initial: p.Default, position: Named}
	custom := false
	if t := p.Type(); t != nil {
		typ, err := f.typeNamed(t.Type)
		if err != nil {
			return false, err
		}
		if typ.Name != "System.Object" {
			made.typ = typ
		}
	}
	for _, node := range p.Attributes {
		a, ok := node.(*syntax.Attribute)
		if !ok {
			continue
		}
		if attributeIs(a, "Parameter") {
			d.table.advanced = true
			set, placed, err := f.parameterSet(a)
			if err != nil {
				return false, err
			}
			made.Sets = append(made.Sets, set)
			custom = custom || placed
			continue
		}
		if err := f.parameterAttribute(made, a); err != nil {
			return false, err
		}
	}
	d.table.add(made)
	return custom, nil
}

// initialValue is the value of a parameter that the call does not give.
func (f *frame) initialValue(p *formal) (any, error) {
	if p.initial == nil {
		if p.typ == nil {
			return nil, nil
		}
		return dotnet.Default(p.typ), nil
	}
	v, err := f.eval(p.initial)
	if err != nil || p.typ == nil {
		return v, err
	}
	return f.castVariable(v, p.typ)
}
