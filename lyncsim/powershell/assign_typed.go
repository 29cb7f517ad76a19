package powershell

import (
	"errors"

	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/syntax"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// storeTyped is [type]$x = v: the variable keeps the type.
func (f *frame) storeTyped(e *syntax.ConvertExpression, v any) error {
	t, err := f.typeNamed(e.Type.Type)
	if err != nil {
		return err
	}
	if inner, ok := e.Operand.(*syntax.VariableExpression); ok {
		converted, err := f.castVariable(v, t)
		if err != nil {
			return err
		}
		made, err := f.setVariable(inner, converted)
		if err == nil && made != nil {
			made.typ = t
		}
		return err
	}
	converted, err := f.cast(v, t)
	if err != nil {
		return err
	}
	return f.store(e.Operand, converted)
}

// castVariable converts a value that is assigned to a typed variable.
func (f *frame) castVariable(v any, t *dotnet.Type) (any, error) {
	out, err := dotnet.Convert(f.rs.env, v, t)
	cast, ok := errors.AsType[*dotnet.CastError](err)
	if !ok {
		return out, f.raising(err)
	}
	if f.scope != f.scope.root() { // compiled as a local of the block
		return nil, f.raising(err)
	}
	return nil, f.fail("System.Management.Automation.ArgumentTransformationMetadataException", "RuntimeException", "MetadataError", v,
		"%s", cast.Message)
}

// storeAttributed is [ValidateSet('a')]$x = v.
func (f *frame) storeAttributed(e *syntax.AttributedExpression, v any) error {
	validator, err := f.validator(e.Attribute)
	if err != nil {
		return err
	}
	if err := f.store(e.Operand, v); err != nil {
		return err
	}
	name, ok := innermostVariable(e.Operand)
	if !ok || validator == nil {
		return nil
	}
	if have, ok := f.scope.own(name.Unqualified()); ok {
		have.validators = append(have.validators, validator)
		return f.validateVariable(have, have.value)
	}
	return nil
}

func innermostVariable(e syntax.Expression) (*syntax.VariableExpression, bool) {
	for {
		switch t := e.(type) {
		case *syntax.VariableExpression:
			return t, true
		case *syntax.ConvertExpression:
			e = t.Operand
		case *syntax.AttributedExpression:
			e = t.Operand
		default:
			return nil, false
		}
	}
}

func (f *frame) validateVariable(have *variable, v any) error {
	for _, validator := range have.validators {
		if err := validateEach(validator, v); err != nil {
			return f.fail("System.Management.Automation.ValidationMetadataException", "ValidateSetFailure", "MetadataError", nil,
				"The variable cannot be validated because the value %s is not a valid value for the %s variable.", value.Text(v), have.name)
		}
	}
	return nil
}
