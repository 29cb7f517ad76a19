package powershell

import (
	"fmt"

	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/syntax"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// numeric gives the number that arithmetic uses for a value; false when arithmetic does
// not take the value as a number.
func numeric(v any) (any, bool) {
	switch x := v.(type) {
	case nil:
		return int32(0), true
	case bool, value.Switch, value.Char, value.Enum:
		n, _ := value.ToInt(x)
		return int32(n), true
	}
	return v, value.IsNumber(v)
}

// numericText turns a text on the left side into a number. For a text that is no
// number, the error names the type that the right side asks for.
func (f *frame) numericText(left string, right any) (any, error) {
	if n, ok := value.ParseNumber(left); ok {
		return n, nil
	}
	switch r := right.(type) {
	case float32, float64:
		return f.cast(left, dotnet.MustLookup("double"))
	case value.Decimal:
		return f.cast(left, dotnet.MustLookup("decimal"))
	case value.Enum:
		return f.cast(left, dotnet.TypeOf(r))
	}
	return f.cast(left, dotnet.MustLookup("int"))
}

// rightOperand converts the right side of an operator whose left side is a number. The
// result is a number, a date or a time span.
func (f *frame) rightOperand(operator syntax.Operator, left, right any) (any, error) {
	if s, ok := right.(string); ok {
		if n, ok := value.ParseNumber(s); ok {
			return n, nil
		}
		t := dotnet.MustLookup("int")
		if value.IsNumber(left) {
			t = dotnet.TypeOf(left)
		}
		return f.cast(right, t)
	}
	if n, ok := numeric(right); ok {
		return n, nil
	}
	if _, isDecimal := left.(value.Decimal); isDecimal {
		return nil, f.badOperand(operator, right, "System.Decimal")
	}
	if isTime(right) {
		return right, nil
	}
	return nil, f.noOperator(operator, right)
}

// noOperator is the error for a value whose type does not have the operator.
func (f *frame) noOperator(operator syntax.Operator, v any) error {
	name := value.TypeName(v)
	if o, ok := v.(*value.Object); ok && o.IsCustom() {
		name = "System.Management.Automation.PSObject"
	}
	return f.fail(runtimeException, "MethodNotFound", "InvalidOperation", nil,
		"Method invocation failed because [%s] does not contain a method named '%s'.", name, operatorMethods[operator])
}

// badOperand is the error for a value that the operator of the other side's type
// cannot take.
func (f *frame) badOperand(operator syntax.Operator, v any, typeName string) error {
	return f.fail("System.Management.Automation.MethodException", "MethodArgumentConversionInvalidCastArgument", "NotSpecified", nil, "%s",
		fmt.Sprintf("Cannot convert argument \"1\", with value: \"%s\", for \"%s\" to type \"%s\".", value.Text(v), operatorMethods[operator], typeName))
}
