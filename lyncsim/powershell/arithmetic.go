package powershell

import (
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/syntax"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// The largest texts and arrays that operators make: a script's mistake shall not
// take the simulator's memory.
const (
	mostText     = 64 << 20
	mostElements = 4 << 20
)

// add is +: the left side decides between numbers, text, arrays and tables.
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
		if _, isText := right.(string); isText || value.TypeName(right) == "System.Char" {
			return value.Text(l) + value.Text(right), nil
		}
	case *value.Hashtable:
		return f.addTable(l, right)
	case value.DateTime, *dotnet.Type:
		return f.addTime(left, right)
	}
	if list, ok := value.Items(left); ok {
		if len(list) > mostElements {
			return nil, f.refuse("an array of more than 4 million elements")
		}
		return append(append(make([]any, 0, len(list)+1), list...), items(right)...), nil
	}
	if value.TypeName(left) == "System.TimeSpan" {
		return f.addTime(left, right)
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
	s, isText := left.(string)
	list, isList := value.Items(left)
	if !isText && !isList {
		return f.arithmetic(syntax.Multiply, left, right)
	}
	times, err := f.cast(right, dotnet.MustLookup("int"))
	if err != nil {
		return nil, err
	}
	n := int(times.(int32))
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

// number is an operand of arithmetic.
func (f *frame) number(v any) (any, error) {
	switch x := v.(type) {
	case nil:
		return int32(0), nil
	case string:
		if n, ok := value.ParseNumber(x); ok {
			return n, nil
		}
		return f.cast(v, dotnet.MustLookup("int"))
	case bool, value.Switch, value.Char, value.Enum:
		n, _ := value.ToInt(x)
		return int32(n), nil
	}
	if value.IsNumber(v) {
		return v, nil
	}
	return nil, nil
}

var operatorMethods = map[syntax.Operator]string{
	syntax.Plus: "op_Addition", syntax.Minus: "op_Subtraction", syntax.Multiply: "op_Multiply",
	syntax.Divide: "op_Division", syntax.Rem: "op_Modulus",
}

func (f *frame) arithmetic(operator syntax.Operator, left, right any) (any, error) {
	if operator == syntax.Minus && (isTime(left) || isTime(right)) {
		return f.subtractTime(left, right)
	}
	l, err := f.number(left)
	if err != nil {
		return nil, err
	}
	r, err := f.number(right)
	if err != nil {
		return nil, err
	}
	if l == nil || r == nil {
		odd := left
		if l != nil {
			odd = right
		}
		return nil, f.fail(runtimeException, "MethodNotFound", "InvalidOperation", nil,
			"Method invocation failed because [%s] does not contain a method named '%s'.", value.TypeName(odd), operatorMethods[operator])
	}
	return f.compute(operator, l, r)
}
