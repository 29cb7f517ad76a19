package powershell

import (
	"strings"
	"time"

	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/syntax"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// The largest texts and arrays that operators make. The limits keep a mistake in a
// script from using up the simulator's memory.
const (
	mostText     = 64 << 20
	mostElements = 4 << 20
)

// add is +. The type of the left side decides whether numbers, texts, arrays or
// tables are added.
func (f *frame) add(left, right any) (any, error) {
	switch l := left.(type) {
	case nil:
		return right, nil
	case string:
		r := f.text(right)
		if len(l)+len(r) > mostText {
			return nil, f.refuse("a text of more than 64 MiB")
		}
		return l + r, nil
	case value.Char:
		_, isText := right.(string)
		if _, isChar := right.(value.Char); isText || isChar || f.rs.Edition() == Core7 {
			return value.Text(l) + f.text(right), nil
		}
	case *value.Hashtable:
		return f.addTable(l, right)
	}
	if list, ok := value.Items(left); ok {
		if len(list) > mostElements {
			return nil, f.refuse("an array of more than 4 million elements")
		}
		return append(append(make([]any, 0, len(list)+1), list...), items(right)...), nil
	}
	return f.arithmetic(syntax.Plus, left, right)
}

func (f *frame) addTable(l *value.Hashtable, right any) (any, error) {
	r, ok := right.(*value.Hashtable)
	if !ok {
		return nil, f.fail(runtimeException, "AddHashTableToNonHashTable", "InvalidOperation", nil,
			"A hash table can only be added to another hash table.")
	}
	sum := l.Clone()
	for _, k := range r.Keys() {
		if _, twice := sum.Get(k); twice {
			return nil, f.fail("System.ArgumentException", "System.ArgumentException", "OperationStopped", nil,
				"Item has already been added. Key in dictionary: '%s'  Key being added: '%s'", value.Text(k), value.Text(k))
		}
		v, _ := r.Get(k)
		sum.Set(k, v)
	}
	return sum, nil
}

// multiply is *: text and arrays are repeated.
func (f *frame) multiply(left, right any) (any, error) {
	switch left.(type) {
	case nil:
		return nil, nil
	case string:
		return f.repeated(left, right, "int")
	case bool, value.Char:
		return f.multiplyPrimitive(left, right)
	}
	if _, isList := value.Items(left); isList {
		return f.repeated(left, right, "uint32")
	}
	return f.arithmetic(syntax.Multiply, left, right)
}

// multiplyPrimitive is * with a boolean or character on the left. PowerShell defines
// it only when the right side is a decimal or a time span.
func (f *frame) multiplyPrimitive(left, right any) (any, error) {
	switch right.(type) {
	case value.Decimal, time.Duration:
		return f.arithmetic(syntax.Multiply, left, right)
	case string, value.Enum:
		return nil, f.noOperator(syntax.Multiply, right)
	}
	if _, ok := numeric(right); !ok {
		return nil, f.noOperator(syntax.Multiply, right)
	}
	return nil, f.notDefined("*", left, right)
}

func (f *frame) notDefined(operator string, left, right any) error {
	return f.fail(runtimeException, "NotADefinedOperationForType", "InvalidOperation", nil,
		"The operation '[%s] %s [%s]' is not defined.", value.TypeName(left), operator, value.TypeName(right))
}

// repeated is a text or an array, as many times as the right side says.
func (f *frame) repeated(left, right any, count string) (any, error) {
	times, err := f.cast(right, dotnet.MustLookup(count))
	if err != nil {
		return nil, err
	}
	n64, _ := value.ToInt(times)
	n := int(n64)
	s, isText := left.(string)
	list := items(left)
	if n < 0 || n > mostText || n*len(s) > mostText || n*len(list) > mostElements {
		return nil, f.refuse("repeating something " + value.Text(right) + " times")
	}
	if isText {
		return strings.Repeat(s, n), nil
	}
	out := make([]any, 0, n*len(list))
	for range n {
		out = append(out, list...)
	}
	return out, nil
}

var operatorMethods = map[syntax.Operator]string{
	syntax.Plus: "op_Addition", syntax.Minus: "op_Subtraction", syntax.Multiply: "op_Multiply",
	syntax.Divide: "op_Division", syntax.Rem: "op_Modulus",
	syntax.Band: "op_BitwiseAnd", syntax.Bor: "op_BitwiseOr", syntax.Bxor: "op_ExclusiveOr",
	syntax.Shl: "op_LeftShift", syntax.Shr: "op_RightShift",
}

func (f *frame) arithmetic(operator syntax.Operator, left, right any) (any, error) {
	given := left
	switch l := left.(type) {
	case string:
		n, err := f.numericText(l, right)
		if err != nil {
			return nil, err
		}
		left = n
	case time.Duration:
		return f.spanArithmetic(operator, l, right)
	case value.DateTime:
		return f.dateArithmetic(operator, l, right)
	}
	if e, ok := left.(value.Enum); ok {
		return f.enumArithmetic(operator, e, right)
	}
	l, ok := numeric(left)
	if !ok {
		return nil, f.noOperator(operator, left)
	}
	r, err := f.rightOperand(operator, given, right)
	if err != nil {
		return nil, err
	}
	if isTime(r) {
		return f.timeOnTheRight(operator, left, r)
	}
	_, isDecimal := r.(value.Decimal)
	if _, isBool := left.(bool); isBool && isDecimal && operator != syntax.Multiply {
		return nil, f.fail("System.InvalidOperationException", "System.InvalidOperationException", "OperationStopped", nil,
			"No coercion operator is defined between types 'System.Boolean' and 'System.Decimal'.")
	}
	return f.compute(operator, l, r)
}

// enumArithmetic computes with an enumeration on the left. The result is a value of
// the same enumeration; a result that is no Int32 is an error.
func (f *frame) enumArithmetic(operator syntax.Operator, left value.Enum, right any) (any, error) {
	if s, ok := right.(string); ok {
		if _, isNumber := value.ParseNumber(s); !isNumber {
			e, err := f.cast(right, dotnet.TypeOf(left))
			if err != nil {
				return nil, err
			}
			right = e
		}
	}
	if _, ok := numeric(right); !ok {
		if _, isText := right.(string); !isText {
			return nil, f.noOperator(operator, left)
		}
	}
	r, err := f.rightOperand(operator, int32(0), right)
	if err != nil {
		return nil, err
	}
	switch r.(type) {
	case uint32, uint64, value.Decimal:
		return nil, f.fail("System.InvalidOperationException", "System.InvalidOperationException", "OperationStopped", nil,
			"The binary operator GreaterThanOrEqual is not defined for the types '%s' and 'System.Int32'.", left.Type.Name)
	}
	v, err := f.compute(operator, int32(left.Value), r)
	if err != nil {
		return nil, err
	}
	n, ok := v.(int32)
	if !ok {
		return nil, f.fail("System.InvalidCastException", "System.InvalidCastException", "OperationStopped", nil,
			"Unable to cast object of type '%s' to type '%s'.", value.TypeName(v), left.Type.Name)
	}
	return value.Enum{Type: left.Type, Value: int64(n)}, nil
}
