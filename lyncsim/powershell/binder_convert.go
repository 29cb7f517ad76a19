package powershell

import (
	"errors"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// fits reports whether a parameter can take a value. Without convert the value must
// already have the parameter's type; with convert it may also convert to that type.
func (b *binder) fits(p *formal, v any, convert bool) bool {
	if convert || p.typ == nil && len(p.Words) == 0 {
		return true
	}
	if p.typ == nil {
		return false
	}
	if p.typ.Elem != nil && dotnet.Is(v, p.typ.Elem) {
		return true
	}
	return dotnet.Is(v, p.typ)
}

// convert turns an argument into the parameter's type and checks it.
func (b *binder) convert(p *formal, v any) (any, error) {
	v = plain(v)
	if p.typ != nil {
		converted, err := b.transform(p, v)
		if err != nil {
			return nil, err
		}
		v = converted
	}
	if len(p.Words) > 0 {
		word, err := p.word(v)
		if err != nil {
			return nil, b.conversionFailed(p, err.Error())
		}
		v = word
	}
	return v, b.validate(p, v)
}

func (b *binder) transform(p *formal, v any) (any, error) {
	if reason := b.refusal(p, v); reason != "" {
		if _, many := value.Items(v); many && p.typ.Name == "System.String" && !b.table.script {
			return nil, b.fail("CannotConvertArgument", "InvalidArgument", nil, p.Name, "Cannot convert 'System.Object[]' to the type 'System.String' required by parameter '%s'.", p.Name)
		}
		return nil, b.conversionFailed(p, reason)
	}
	if v == nil && p.typ.Name == "System.String" && !b.table.script {
		return nil, nil
	}
	if p.isSwitch() && value.IsNumber(v) {
		v = value.Truth(v)
	}
	converted, err := dotnet.Convert(b.frame.rs.env, v, p.typ)
	var unsupported *dotnet.Unsupported
	if errors.As(err, &unsupported) {
		return nil, b.frame.raising(err)
	}
	if err != nil {
		return nil, b.conversionFailed(p, err.Error())
	}
	return converted, nil
}

// word turns a value into the enumeration's name that it means. The value may be the
// name, a beginning that only one name has, or a list of names for a set of flags.
func (p *formal) word(v any) (any, error) {
	if items, many := value.Items(v); many {
		names := make([]string, len(items))
		for i, item := range items {
			name, err := p.word(item)
			if err != nil {
				return nil, err
			}
			names[i] = value.Text(name)
		}
		return strings.Join(names, ", "), nil
	}
	text := value.Text(v)
	if first, rest, many := strings.Cut(text, ","); many {
		return p.word([]any{strings.TrimSpace(first), strings.TrimSpace(rest)})
	}
	var begun []string
	for _, w := range p.Words {
		if strings.EqualFold(w, text) {
			return w, nil
		}
		if text != "" && len(w) > len(text) && strings.EqualFold(w[:len(text)], text) {
			begun = append(begun, w)
		}
	}
	if len(begun) == 1 {
		return begun[0], nil
	}
	return nil, complain("Cannot convert value \"%s\" to type \"%s\". Specify one of the following enumerator names and try again: %s",
		text, p.Type, strings.Join(p.Words, ", "))
}

// refusal gives the reason why a value is not converted at all, "" when there is none.
// Such values are a text for a boolean parameter and, in cmdlets and advanced
// functions, an array for a text parameter.
func (b *binder) refusal(p *formal, v any) string {
	switch p.typ.Name {
	case "System.Boolean", "System.Management.Automation.SwitchParameter":
		switch v.(type) {
		case bool, value.Switch:
			return ""
		}
		if value.IsNumber(v) {
			return ""
		}
		if v == nil && p.isSwitch() {
			return ""
		}
		return "Cannot convert value \"" + value.TypeName(v) + "\" to type \"" + p.typ.Name +
			"\". Boolean parameters accept only Boolean values and numbers, such as $True, $False, 1 or 0."
	case "System.String":
		if _, many := value.Items(v); many && b.table.advanced {
			return "Cannot convert value to type System.String."
		}
	}
	return ""
}

// conversionFailed is the error of a failed conversion. Its id in functions differs
// from its id in compiled cmdlets.
func (b *binder) conversionFailed(p *formal, reason string) error {
	if b.table.script {
		return b.fail("ParameterArgumentTransformationError", "InvalidData", nil, p.Name,
			"Cannot process argument transformation on parameter '%s'. %s", p.Name, reason)
	}
	return b.fail("CannotConvertArgumentNoMessage", "InvalidArgument", nil, p.Name, "Cannot bind parameter '%s'. %s", p.Name, reason)
}

// validate runs the parameter's own checks, and before them the check for emptiness
// that every mandatory parameter has.
func (b *binder) validate(p *formal, v any) error {
	for _, validator := range p.Validators {
		if err := validateEach(validator, v); err != nil {
			return b.fail("ParameterArgumentValidationError", "InvalidData", nil, p.Name,
				"Cannot validate argument on parameter '%s'. %s", p.Name, err)
		}
	}
	return b.notEmpty(p, v)
}

// notEmpty refuses $null, "" and empty collections for mandatory parameters. A
// cmdlet's parameter of type Object accepts "" all the same.
func (b *binder) notEmpty(p *formal, v any) error {
	if p.AllowNull || !b.table.any(p, b.valid, func(s ParameterSet) bool { return s.Mandatory }) {
		return nil
	}
	what, id := "", ""
	list, isList := value.Items(v)
	switch {
	case v == nil:
		what, id = "null", "NullNotAllowed"
	case p.AllowEmpty && (v == "" || isList && len(list) == 0):
	case v == "" && (p.typ != nil || b.table.script):
		what, id = "an empty string", "EmptyStringNotAllowed"
	case isList && len(list) == 0:
		what, id = "an empty collection", "EmptyCollectionNotAllowed"
		if strings.HasSuffix(value.TypeName(v), "[]") {
			what, id = "an empty array", "EmptyArrayNotAllowed"
		}
	}
	if what == "" && p.typ != nil && p.typ.Elem != nil {
		for _, item := range list {
			if err := b.notEmpty(p, item); err != nil {
				return err
			}
		}
	}
	if what == "" {
		return nil
	}
	return b.fail("ParameterArgumentValidationError"+id, "InvalidData", nil, p.Name,
		"Cannot bind argument to parameter '%s' because it is %s.", p.Name, what)
}

// validateEach checks single values, or each element of a collection.
func validateEach(validator Validator, v any) error {
	list, ok := value.Items(v)
	if _, whole := validator.(wholeValidator); !ok || whole {
		return validator.Validate(v)
	}
	for _, item := range list {
		if err := validator.Validate(item); err != nil {
			return err
		}
	}
	return nil
}
