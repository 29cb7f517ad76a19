package powershell

import (
	"math"
	"math/big"
	"strings"

	"github.com/fedroute/fedroute/internal/sim/powershell/dotnet"
	"github.com/fedroute/fedroute/internal/sim/powershell/syntax"
	"github.com/fedroute/fedroute/internal/sim/powershell/value"
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

// compute does arithmetic on two numbers in the wider of their types.
func (f *frame) compute(operator syntax.Operator, l, r any) (any, error) {
	_, decimalLeft := l.(value.Decimal)
	_, decimalRight := r.(value.Decimal)
	if decimalLeft || decimalRight {
		return f.computeDecimal(operator, l, r)
	}
	if !value.IsInteger(l) || !value.IsInteger(r) {
		x, _ := value.ToFloat(l)
		y, _ := value.ToFloat(r)
		return computeFloat(operator, x, y), nil
	}
	x, y := bigOf(l), bigOf(r)
	z := new(big.Int)
	switch operator {
	case syntax.Plus:
		z.Add(x, y)
	case syntax.Minus:
		z.Sub(x, y)
	case syntax.Multiply:
		z.Mul(x, y)
	case syntax.Divide, syntax.Rem:
		if y.Sign() == 0 {
			return nil, f.divideByZero()
		}
		quotient, rest := new(big.Int).QuoRem(x, y, new(big.Int))
		z = rest
		if operator == syntax.Divide {
			if rest.Sign() != 0 {
				a, _ := value.ToFloat(l)
				b, _ := value.ToFloat(r)
				return a / b, nil
			}
			z = quotient
		}
	}
	return fit(z, wide(l) || wide(r)), nil
}

func (f *frame) divideByZero() error {
	exception := value.NewException(runtimeException, "Attempted to divide by zero.")
	exception.Inner = value.NewException("System.DivideByZeroException", exception.Message)
	return f.raise(value.NewErrorRecord(exception, "RuntimeException", "NotSpecified", nil))
}

func bigOf(v any) *big.Int {
	if u, ok := v.(uint64); ok {
		return new(big.Int).SetUint64(u)
	}
	n, _ := value.ToInt(v)
	return big.NewInt(n)
}

func wide(v any) bool {
	switch v.(type) {
	case int64, uint32, uint64:
		return true
	}
	return false
}

// fit is a whole number in Int32, in Int64 when an operand was wide, or in
// Double when it is too big for that.
func fit(z *big.Int, wide bool) any {
	if !z.IsInt64() {
		if z.IsUint64() && wide {
			return z.Uint64()
		}
		f, _ := new(big.Float).SetInt(z).Float64()
		return f
	}
	n := z.Int64()
	if wide {
		return n
	}
	if n >= math.MinInt32 && n <= math.MaxInt32 {
		return int32(n)
	}
	return float64(n)
}

func computeFloat(operator syntax.Operator, x, y float64) any {
	switch operator {
	case syntax.Plus:
		return x + y
	case syntax.Minus:
		return x - y
	case syntax.Multiply:
		return x * y
	case syntax.Divide:
		return x / y
	}
	return math.Mod(x, y)
}

func (f *frame) computeDecimal(operator syntax.Operator, l, r any) (any, error) {
	decimal := dotnet.MustLookup("decimal")
	lv, err := f.cast(l, decimal)
	if err != nil {
		return nil, err
	}
	rv, err := f.cast(r, decimal)
	if err != nil {
		return nil, err
	}
	x, y := lv.(value.Decimal), rv.(value.Decimal)
	z := new(big.Rat)
	switch operator {
	case syntax.Plus:
		return value.Decimal{Rat: z.Add(x.Rat, y.Rat), Scale: max(x.Scale, y.Scale)}, nil
	case syntax.Minus:
		return value.Decimal{Rat: z.Sub(x.Rat, y.Rat), Scale: max(x.Scale, y.Scale)}, nil
	case syntax.Multiply:
		return value.Decimal{Rat: z.Mul(x.Rat, y.Rat), Scale: x.Scale + y.Scale}, nil
	}
	return nil, f.refuse("division of decimals")
}

func (f *frame) bitwise(operator syntax.Operator, left, right any) (any, error) {
	l, lok := value.ToInt(left)
	r, rok := value.ToInt(right)
	if !lok || !rok {
		return nil, f.castFailure(right)
	}
	isWide := wide(left) || wide(right)
	var n int64
	switch operator {
	case syntax.Band:
		n = l & r
	case syntax.Bor:
		n = l | r
	case syntax.Bxor:
		n = l ^ r
	default:
		return shift(operator, l, r, wide(left)), nil
	}
	if e, ok := left.(value.Enum); ok {
		return value.Enum{Type: e.Type, Value: n}, nil
	}
	return fit(big.NewInt(n), isWide), nil
}

func shift(operator syntax.Operator, l, r int64, isWide bool) any {
	bits := r & 31
	if isWide {
		bits = r & 63
	}
	switch {
	case isWide && operator == syntax.Shl:
		return l << bits
	case isWide:
		return l >> bits
	case operator == syntax.Shl:
		return int32(l) << bits
	}
	return int32(l) >> bits
}

func (f *frame) complement(v any) (any, error) {
	n, ok := value.ToInt(v)
	if !ok {
		return nil, f.castFailure(v)
	}
	return fit(big.NewInt(^n), wide(v)), nil
}
