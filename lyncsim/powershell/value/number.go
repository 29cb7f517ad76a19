package value

import "math"

// Truth is the condition that if ($v) takes a value for. False are $null, 0, the empty
// string, an empty collection and a collection whose only element is false.
func Truth(v any) bool {
	switch v := v.(type) {
	case nil:
		return false
	case bool:
		return v
	case Switch:
		return bool(v)
	case string:
		return v != ""
	case Char:
		return v != 0
	case Decimal:
		return v.Sign() != 0
	}
	if items, ok := Items(v); ok {
		return len(items) > 1 || len(items) == 1 && elementTruth(items[0])
	}
	if f, ok := ToFloat(v); ok {
		return f != 0
	}
	return true
}

// elementTruth is the truth of the only element of a collection. When that element is a
// collection itself, it is true unless it is empty.
func elementTruth(v any) bool {
	if items, ok := Items(v); ok {
		return len(items) > 0
	}
	return Truth(v)
}

// IsNumber reports whether v is a number. Characters and enums are not numbers.
func IsNumber(v any) bool {
	switch v.(type) {
	case int8, int16, int32, int64, uint8, uint16, uint32, uint64, float32, float64, Decimal:
		return true
	}
	return false
}

// IsInteger reports whether v has one of the integer types.
func IsInteger(v any) bool {
	switch v.(type) {
	case int8, int16, int32, int64, uint8, uint16, uint32, uint64:
		return true
	}
	return false
}

// integer gives the whole number that a value of an integer type, a boolean, a character
// or an enum stands for.
func integer(v any) (int64, bool) {
	switch v := v.(type) {
	case int8:
		return int64(v), true
	case int16:
		return int64(v), true
	case int32:
		return int64(v), true
	case int64:
		return v, true
	case uint8:
		return int64(v), true
	case uint16:
		return int64(v), true
	case uint32:
		return int64(v), true
	case uint64:
		return int64(v), v <= math.MaxInt64
	case Char:
		return int64(v), true
	case Enum:
		return v.Value, true
	case bool:
		return boolInt(v), true
	case Switch:
		return boolInt(bool(v)), true
	}
	return 0, false
}

func boolInt(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// ToInt is a number rounded to a whole one, half to even as PowerShell rounds. Text is
// read as a number. The second result is false when there is no such number.
func ToInt(v any) (int64, bool) {
	if n, ok := integer(v); ok {
		return n, true
	}
	if v == nil {
		return 0, true
	}
	f, ok := ToFloat(v)
	if !ok || math.IsNaN(f) || f >= math.MaxInt64 || f <= math.MinInt64 {
		return 0, false
	}
	return int64(math.RoundToEven(f)), true
}

// ToFloat is any number, or text that holds a number, as a floating point number.
func ToFloat(v any) (float64, bool) {
	switch v := v.(type) {
	case nil:
		return 0, true
	case float32:
		return float64(v), true
	case float64:
		return v, true
	case uint64:
		return float64(v), true
	case Decimal:
		f, _ := v.Float64()
		return f, true
	case string:
		n, ok := ParseNumber(v)
		if !ok {
			return 0, false
		}
		return ToFloat(n)
	}
	n, ok := integer(v)
	return float64(n), ok
}
