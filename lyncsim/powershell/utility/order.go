package utility

import (
	"slices"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// compareAny orders two values as the cmdlets that sort do. Values that can be compared
// are ordered as their types ask. Other values are ordered by their ToString, so that
// all custom objects are equal.
func compareAny(c *powershell.Call, left, right any, heedCase bool) int {
	if n, err := c.Runspace().Compare(left, right, heedCase); err == nil {
		return n
	}
	return int(dotnet.CompareText(sortText(left), sortText(right), !heedCase))
}

func sortText(v any) string {
	if _, isObject := v.(*value.Object); isObject {
		return value.MethodText(v, false)
	}
	return value.Text(v)
}

// compareKeys orders two lists of keys. The first difference decides.
func compareKeys(c *powershell.Call, left, right []any, heedCase bool) int {
	for i := range left {
		if n := compareAny(c, left[i], right[i], heedCase); n != 0 {
			return n
		}
	}
	return 0
}

// sameProjection reports whether two objects made by -Property count as equal for
// -Unique.
func sameProjection(c *powershell.Call, left, right any, heedCase bool) bool {
	x, isObject := left.(*value.Object)
	y, both := right.(*value.Object)
	if !isObject || !both || !x.IsCustom() {
		return compareAny(c, left, right, heedCase) == 0
	}
	return slices.EqualFunc(x.Properties(), y.Properties(), func(p, q value.Property) bool {
		return p.Name == q.Name && compareAny(c, p.Value, q.Value, heedCase) == 0
	})
}
