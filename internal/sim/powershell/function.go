package powershell

import (
	"strings"

	"github.com/fedroute/fedroute/internal/sim/powershell/dotnet"
	"github.com/fedroute/fedroute/internal/sim/powershell/syntax"
	"github.com/fedroute/fedroute/internal/sim/powershell/value"
)

// function is a function or filter that a script defined.
type function struct {
	name   string
	filter bool
	params []*syntax.Parameter // in parentheses behind the name
	body   *syntax.ScriptBlock
	module *scope // the scope of the module that defined it, nil for none
}

func newFunction(d *syntax.FunctionDefinition) *function {
	return &function{name: d.Name, filter: d.Filter, params: d.Parameters, body: d.Body}
}

// defineFunction makes a function known where its name says: function global:Name.
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

// declaration is what the parameters and attributes of a script block say.
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
	if positional && !custom {
		d.number()
	}
	if d.table.advanced {
		d.table.addCommon(d.shouldProcess)
	}
	return d, nil
}

// number gives the parameters positions in their order, switches left out.
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

func attributeIs(a *syntax.Attribute, name string) bool {
	written := strings.TrimSuffix(a.Name.String(), "Attribute")
	return strings.EqualFold(written[strings.LastIndex(written, ".")+1:], name)
}

func (f *frame) cmdletBinding(d *declaration, a *syntax.Attribute, positional *bool) error {
	for _, n := range a.Named {
		v, err := f.eval(n.Value)
		if err != nil {
			return err
		}
		switch strings.ToLower(n.Name) {
		case "supportsshouldprocess":
			d.shouldProcess = value.Truth(v)
		case "confirmimpact":
			d.confirmImpact = value.Text(v)
		case "defaultparametersetname":
			d.table.defaultSet = value.Text(v)
		case "positionalbinding":
			*positional = value.Truth(v)
		case "helpuri", "supportspaging", "remotingcapability":
		default:
			return f.refuse("[CmdletBinding(" + n.Name + ")]")
		}
	}
	return nil
}

// declareParameter reads one parameter and tells whether it names a position or set.
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

// parameterSet reads one [Parameter()].
func (f *frame) parameterSet(a *syntax.Attribute) (ParameterSet, bool, error) {
	s, placed := ParameterSet{Position: Named}, false
	for _, n := range a.Named {
		v, err := f.eval(n.Value)
		if err != nil {
			return s, false, err
		}
		switch strings.ToLower(n.Name) {
		case "mandatory":
			s.Mandatory = value.Truth(v)
		case "position":
			position, _ := value.ToInt(v)
			s.Position, placed = int(position), true
		case "parametersetname":
			s.Name, placed = value.Text(v), true
		case "valuefrompipeline":
			s.FromPipeline = value.Truth(v)
		case "valuefrompipelinebypropertyname":
			s.FromProperty = value.Truth(v)
		case "valuefromremainingarguments":
			s.FromRemaining = value.Truth(v)
		case "helpmessage", "dontshow", "helpmessagebaseName", "helpmessageresourceid":
		default:
			return s, false, f.refuse("[Parameter(" + n.Name + ")]")
		}
	}
	return s, placed, nil
}

// parameterAttribute reads an attribute other than [Parameter()].
func (f *frame) parameterAttribute(p *formal, a *syntax.Attribute) error {
	switch {
	case attributeIs(a, "Alias"):
		for _, e := range a.Positional {
			v, err := f.eval(e)
			if err != nil {
				return err
			}
			p.Aliases = append(p.Aliases, value.Text(v))
		}
		return nil
	case attributeIs(a, "AllowNull"), attributeIs(a, "AllowEmptyString"), attributeIs(a, "AllowEmptyCollection"):
		p.AllowNull = true
		return nil
	}
	v, err := f.validator(a)
	if v != nil {
		p.Validators = append(p.Validators, v)
	}
	return err
}

// validator makes the check that an attribute asks for.
func (f *frame) validator(a *syntax.Attribute) (Validator, error) {
	args := make([]any, len(a.Positional))
	for i, e := range a.Positional {
		v, err := f.eval(e)
		if err != nil {
			return nil, err
		}
		args[i] = v
	}
	number := func(i int) int64 {
		if i >= len(args) {
			return 0
		}
		n, _ := value.ToInt(args[i])
		return n
	}
	switch {
	case attributeIs(a, "ValidateSet"):
		set := ValidateSet{}
		for _, v := range args {
			set.Words = append(set.Words, value.Text(v))
		}
		return set, nil
	case attributeIs(a, "ValidateRange") && len(args) == 2:
		return ValidateRange{Min: args[0], Max: args[1]}, nil
	case attributeIs(a, "ValidatePattern") && len(args) == 1:
		return validatePattern{value.Text(args[0])}, nil
	case attributeIs(a, "ValidateLength") && len(args) == 2:
		return validateLength{number(0), number(1)}, nil
	case attributeIs(a, "ValidateCount") && len(args) == 2:
		return validateCount{number(0), number(1)}, nil
	case attributeIs(a, "ValidateNotNull"):
		return validateNotNull{}, nil
	case attributeIs(a, "ValidateNotNullOrEmpty"):
		return validateNotNull{empty: true}, nil
	case attributeIs(a, "ValidateScript") && len(args) == 1:
		if block, ok := args[0].(*ScriptBlock); ok {
			return validateScript{f, block}, nil
		}
	}
	return nil, f.refuse("the attribute [" + a.Name.String() + "()]")
}

// initialValue is what a parameter holds that was not given.
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
	return f.castVariable(p.Name, v, p.typ)
}
