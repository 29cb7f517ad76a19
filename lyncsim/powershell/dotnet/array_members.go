package dotnet

import (
	"sort"

	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

func arrayMembers() Members {
	return members(
		Member{Name: "Clone", Call: func(self any, _ *Args) (any, error) {
			if b, ok := self.([]byte); ok {
				return append([]byte{}, b...), nil
			}
			return value.NewArray(elemOf(self), append([]any{}, value.Unroll(self)...)...), nil
		}},
		Member{Name: "GetValue", Min: 1, Max: 1, Call: func(self any, a *Args) (any, error) {
			items, i := value.Unroll(self), a.Int(0)
			if i < 0 || i >= len(items) {
				return nil, value.NewException("System.IndexOutOfRangeException", "Index was outside the bounds of the array.")
			}
			return items[i], nil
		}},
		Member{Name: "GetUpperBound", Min: 1, Max: 1, Call: func(self any, _ *Args) (any, error) {
			return int32(len(value.Unroll(self)) - 1), nil
		}},
		Member{Name: "Add", Min: 1, Max: 1, Call: fixedSize}, Member{Name: "Remove", Min: 1, Max: 1, Call: fixedSize},
		Member{Name: "RemoveAt", Min: 1, Max: 1, Call: fixedSize}, Member{Name: "Insert", Min: 2, Max: 2, Call: fixedSize},
		Member{Name: "IsFixedSize", Get: func(*Env, any) (any, error) { return true, nil }})
}

func fixedSize(any, *Args) (any, error) {
	return nil, value.NewException("System.NotSupportedException", "Collection was of a fixed size.")
}

func arrayStatics() Members {
	return members(
		static("IndexOf", 2, 2, func(a *Args) (any, error) {
			return indexOf(value.Unroll(a.At(0)), NewArgs(a.Env, a.From(1))), nil
		}),
		static("Reverse", 1, 1, func(a *Args) (any, error) {
			items, _ := value.Items(a.At(0))
			for i, j := 0, len(items)-1; i < j; i, j = i+1, j-1 {
				items[i], items[j] = items[j], items[i]
			}
			return Void, nil
		}),
		static("Sort", 1, 1, func(a *Args) (any, error) {
			items, _ := value.Items(a.At(0))
			sortItems(items)
			return Void, nil
		}))
}

// sortItems orders texts as a culture does and numbers by value.
func sortItems(items []any) {
	sort.SliceStable(items, func(i, j int) bool {
		if value.IsNumber(items[i]) && value.IsNumber(items[j]) {
			x, _ := value.ToFloat(items[i])
			y, _ := value.ToFloat(items[j])
			return x < y
		}
		return CompareText(text(items[i]), text(items[j]), false) < 0
	})
}

// arrayRefused are members of arrays that .NET has and the simulator refuses.
var arrayRefused = []string{"CopyTo", "SetValue", "GetLength", "GetLongLength", "GetLowerBound", "Initialize", "Copy", "Resize", "Find", "Exists",
	"Clear", "BinarySearch", "CreateInstance", "FindAll", "FindIndex", "ForEach", "LastIndexOf", "ConvertAll", "TrueForAll", "Empty", "AsReadOnly",
	"ConstrainedCopy", "Fill", "IsSynchronized"}
