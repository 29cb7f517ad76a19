package utility

import (
	"slices"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// compareAny orders two values as the cmdlets that sort do: by their kind, and
// as texts when they cannot be compared.
func compareAny(c *powershell.Call, left, right any, heedCase bool) int {
	if n, err := c.Runspace().Compare(left, right, heedCase); err == nil {
		return n
	}
	return int(dotnet.CompareText(value.Text(left), value.Text(right), !heedCase))
}

// compareKeys orders two lists of keys, the first difference decides.
func compareKeys(c *powershell.Call, left, right []any, heedCase bool) int {
	for i := range left {
		if n := compareAny(c, left[i], right[i], heedCase); n != 0 {
			return n
		}
	}
	return 0
}

// sameObject tells objects that count as one for -Unique: custom objects by
// their properties, other values by themselves.
func sameObject(c *powershell.Call, left, right any, heedCase bool) bool {
	x, isObject := left.(*value.Object)
	y, both := right.(*value.Object)
	if !isObject || !both || !x.IsCustom() {
		return compareAny(c, left, right, heedCase) == 0
	}
	return slices.EqualFunc(x.Properties(), y.Properties(), func(p, q value.Property) bool {
		return p.Name == q.Name && compareAny(c, p.Value, q.Value, heedCase) == 0
	})
}
