package powershell

import (
	"math"
	"time"

	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/syntax"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

func isTime(v any) bool {
	switch v.(type) {
	case value.DateTime, time.Duration:
		return true
	}
	return false
}

// spanOperand is a value as a time span, for an operator of time spans.
func (f *frame) spanOperand(operator syntax.Operator, v any) (time.Duration, error) {
	span, err := dotnet.Convert(f.rs.env, v, dotnet.MustLookup("timespan"))
	if err != nil {
		return 0, f.badOperand(operator, v, "System.TimeSpan")
	}
	return span.(time.Duration), nil
}

// spanArithmetic applies an operator to a time span on the left and any right side.
func (f *frame) spanArithmetic(operator syntax.Operator, left time.Duration, right any) (any, error) {
	switch operator {
	case syntax.Plus, syntax.Minus:
		r, err := f.spanOperand(operator, right)
		if err != nil {
			return nil, err
		}
		if operator == syntax.Minus {
			r = -r
		}
		return f.sumOfSpans(left, r)
	case syntax.Rem:
		return nil, f.noOperator(operator, left)
	}
	if r, ok := right.(time.Duration); ok && operator == syntax.Divide && r != 0 {
		return float64(left) / float64(r), nil
	}
	if s, ok := right.(string); ok {
		if n, ok := value.ParseNumber(s); ok {
			right = n
		}
	}
	times, ok := value.ToFloat(right)
	if !ok || !value.IsNumber(right) || operator == syntax.Divide && times == 0 {
		return nil, f.refuse("this arithmetic with a time span")
	}
	if operator == syntax.Divide {
		times = 1 / times
	}
	return f.scaledSpan(left, times)
}

func (f *frame) sumOfSpans(left, right time.Duration) (any, error) {
	if math.Abs(float64(left)+float64(right)) > math.MaxInt64 {
		return nil, f.refuse("a time span of more than 292 years")
	}
	return left + right, nil
}

func (f *frame) scaledSpan(span time.Duration, times float64) (any, error) {
	ticks := math.RoundToEven(float64(span/100) * times)
	if math.IsNaN(ticks) || math.Abs(ticks) > math.MaxInt64/100 {
		return nil, f.refuse("a time span of more than 292 years")
	}
	return time.Duration(ticks) * 100, nil
}

// dateArithmetic applies an operator to a date on the left and any right side.
func (f *frame) dateArithmetic(operator syntax.Operator, left value.DateTime, right any) (any, error) {
	switch operator {
	case syntax.Plus:
		span, err := f.spanOperand(operator, right)
		if err != nil {
			return nil, err
		}
		left.Time = left.Time.Add(span)
		return left, nil
	case syntax.Minus:
		switch r := right.(type) {
		case time.Duration:
			left.Time = left.Time.Add(-r)
			return left, nil
		case value.DateTime:
			return left.Time.Sub(r.Time), nil
		}
		return nil, f.fail("System.Management.Automation.MethodException", "MethodCountCouldNotFindBest", "NotSpecified", nil,
			"Multiple ambiguous overloads found for \"op_Subtraction\" and the argument count: \"2\".")
	}
	return nil, f.noOperator(operator, left)
}

// timeOnTheRight applies an operator to a number on the left and a date or time span on
// the right.
func (f *frame) timeOnTheRight(operator syntax.Operator, left, right any) (any, error) {
	r, isSpan := right.(time.Duration)
	switch {
	case operator == syntax.Rem, !isSpan && operator != syntax.Plus && operator != syntax.Minus:
		return nil, f.noOperator(operator, right)
	case !isSpan && operator == syntax.Plus:
		return nil, f.badOperand(operator, right, "System.TimeSpan")
	case !isSpan:
		return nil, f.refuse("a number minus a date")
	case operator == syntax.Multiply:
		n, _ := value.ToFloat(left)
		return f.scaledSpan(r, n)
	}
	l, err := f.spanOperand(operator, left)
	if err != nil {
		return nil, err
	}
	switch operator {
	case syntax.Plus:
		return f.sumOfSpans(l, r)
	case syntax.Minus:
		return f.sumOfSpans(l, -r)
	}
	return f.spanArithmetic(operator, l, r)
}
