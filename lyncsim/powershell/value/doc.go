// Package value is how the simulated PowerShell holds data.
//
// A value is a Go any. What each .NET type is in Go:
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
// Go type of its own that says its .NET name through Typed.
//
// Go's int, []string, time.Time and map[string]any are not values; From turns
// them into one. The functions here are pure: no scopes, no input or output.
package value

import (
	"net/netip"
	"time"
)

// Typed is a value that knows its .NET type name, e.g. "System.Text.StringBuilder".
type Typed interface{ TypeName() string }

// Texted is a value with a ToString of its own.
type Texted interface{ String() string }

// MethodTexted is a value whose ToString gives something else than a cast to text.
type MethodTexted interface{ MethodText() string }

// Enumerable is a value that the pipeline and foreach take apart.
type Enumerable interface{ Items() []any }

// Switch is the value of a [switch] parameter.
type Switch bool

// Char is a .NET character.
type Char rune

// From makes a value of what Go code naturally has at hand: int, []string,
// []*Object, time.Time, map[string]any. A value stays what it is.
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

// Items gives the elements of what PowerShell enumerates: arrays, lists and
// collections. Strings, hashtables and single objects are not taken apart.
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

// Unroll gives the elements of a collection, nothing for nil, and otherwise
// the value itself: what a foreach statement walks over.
func Unroll(v any) []any {
	if items, ok := Items(v); ok {
		return items
	}
	if v == nil {
		return nil
	}
	return []any{v}
}
