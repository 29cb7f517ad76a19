// Package value defines how the simulated PowerShell holds data.
//
// A value is a Go any. Each .NET type has this Go type:
//
//	$null                      nil
//	Boolean, SwitchParameter   bool, Switch
//	Char, String               Char, string
//	SByte … UInt64             int8, int16, int32, int64, uint8, uint16, uint32, uint64
//	Single, Double, Decimal    float32, float64, Decimal
//	Object[]                   []any (by reference, as in .NET)
//	Byte[]                     []byte
//	other arrays, ArrayList,
//	List`1, collections        *List
//	Hashtable, [ordered],
//	Dictionary`2               *Hashtable
//	DateTime, TimeSpan         DateTime, time.Duration
//	Guid, Version, IPAddress   Guid, Version, netip.Addr
//	Uri                        *URI
//	enums                      Enum
//	PSCustomObject, results
//	of cmdlets                 *Object
//	exceptions, error records  *Exception, *ErrorRecord
//
// Everything else (XML nodes, regular expressions, script blocks, streams) is a
// Go type of its own that gives its .NET name through Typed.
//
// Go's int, []string, time.Time and map[string]any are not values. From turns each
// of them into a value. The functions here are pure: they use no PowerShell scope and
// do no input or output.
package value

import (
	"net/netip"
	"time"
)

// Typed is a value that gives its .NET type name, e.g. "System.Text.StringBuilder".
type Typed interface{ TypeName() string }

// Texted is a value with a ToString of its own.
type Texted interface{ String() string }

// MethodTexted is a value whose ToString method gives another text than [string]$v.
type MethodTexted interface{ MethodText() string }

// Enumerable is a value whose elements the pipeline and foreach handle one by one.
type Enumerable interface{ Items() []any }

// Switch is the value of a [switch] parameter.
type Switch bool

// Char is a .NET character.
type Char rune

// From turns common Go types into values: int, []string, []*Object, time.Time and
// map[string]any. Something that is a value already is returned unchanged.
func From(v any) any {
	switch v := v.(type) {
	case int:
		return fromInt(int64(v))
	case uint:
		return int64(v)
	case []string:
		return NewArray("System.String", toAnys(v)...)
	case []int:
		items := make([]any, len(v))
		for i, n := range v {
			items[i] = fromInt(int64(n))
		}
		return items
	case []*Object:
		return toAnys(v)
	case time.Time:
		return NewDateTime(v)
	case netip.AddrPort:
		return NewObject("System.Net.IPEndPoint").Set("Address", v.Addr()).Set("Port", int32(v.Port()))
	case *Object:
		if v == nil {
			return nil
		}
	}
	return v
}

func fromInt(n int64) any {
	if n >= -1<<31 && n < 1<<31 {
		return int32(n)
	}
	return n
}

func toAnys[T any](s []T) []any {
	items := make([]any, len(s))
	for i := range s {
		items[i] = s[i]
	}
	return items
}

// Items gives the elements of a value that PowerShell enumerates: an array, a list or
// another collection. The second result is false for strings, hashtables and single
// objects, which PowerShell does not enumerate.
func Items(v any) ([]any, bool) {
	switch v := v.(type) {
	case []any:
		return v, true
	case []byte:
		return toAnys(v), true
	case Enumerable:
		return v.Items(), true
	}
	return nil, false
}

// Unroll gives the values that a foreach statement visits: the elements of a
// collection, nothing for nil, and otherwise the value itself.
func Unroll(v any) []any {
	if items, ok := Items(v); ok {
		return items
	}
	if v == nil {
		return nil
	}
	return []any{v}
}
