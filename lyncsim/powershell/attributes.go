package powershell

import (
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/syntax"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

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

// validatorOptions are the named arguments of a validator. An unknown argument is
// refused.
func (f *frame) validatorOptions(a *syntax.Attribute) (map[string]any, error) {
	known := map[string]string{"options": "ValidatePattern", "ignorecase": "ValidateSet"}
	named := make(map[string]any)
	for _, n := range a.Named {
		name := strings.ToLower(n.Name)
		if name == "errormessage" {
			continue
		}
		if owner, ok := known[name]; !ok || !attributeIs(a, owner) {
			return nil, f.refuse("[" + a.Name.String() + "(" + n.Name + ")]")
		}
		v, err := f.eval(n.Value)
		if err != nil {
			return nil, err
		}
		named[name] = v
	}
	return named, nil
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
	named, err := f.validatorOptions(a)
	if err != nil {
		return nil, err
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
		set := ValidateSet{HeedCase: named["ignorecase"] != nil && !value.Truth(named["ignorecase"])}
		for _, v := range args {
			set.Words = append(set.Words, value.Text(v))
		}
		return set, nil
	case attributeIs(a, "ValidateRange") && len(args) == 2:
		return ValidateRange{Min: args[0], Max: args[1]}, nil
	case attributeIs(a, "ValidatePattern") && len(args) == 1:
		options := "i"
		if given, ok := named["options"]; ok {
			if options, err = dotnet.RegexOptions(f.rs.env, given); err != nil {
				return nil, f.raising(err)
			}
		}
		return validatePattern{value.Text(args[0]), options}, nil
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
