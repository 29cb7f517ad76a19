package utility

import (
	"context"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// getUnique is Get-Unique. It lets an object through if it differs from the object
// before it.
func getUnique() cmdlet {
	return cmdlet{name: "Get-Unique", heeds: "InputObject AsString OnType CaseInsensitive",
		process: eachSubject(func(_ context.Context, c *powershell.Call, item any) error {
			before := gathered(c)
			c.State = []any{item}
			if len(before) == 1 && alike(c, before[0], item) {
				return nil
			}
			return c.EmitWhole(item)
		})}
}

func alike(c *powershell.Call, a, b any) bool {
	switch {
	case c.On("OnType"):
		return value.TypeName(a) == value.TypeName(b)
	case c.On("AsString"):
		return compareAny(c, value.Text(a), value.Text(b), !c.On("CaseInsensitive")) == 0
	}
	return compareAny(c, a, b, !c.On("CaseInsensitive")) == 0
}

func teeObject() cmdlet {
	return cmdlet{name: "Tee-Object", heeds: "InputObject Variable FilePath LiteralPath Append Encoding",
		process: func(ctx context.Context, c *powershell.Call) error {
			if err := gather(ctx, c); err != nil {
				return err
			}
			item, _ := subject(c)
			return c.EmitWhole(item)
		},
		end: func(_ context.Context, c *powershell.Call) error {
			if c.Has("Variable") {
				return c.SetVariable(c.Text("Variable"), result(gathered(c)), "")
			}
			t, err := locate(c, c.Text("FilePath")+c.Text("LiteralPath"))
			if err != nil {
				return err
			}
			return writeOut(c, t)
		}}
}
