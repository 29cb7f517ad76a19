package utility

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// getRandom is Get-Random. It draws numbers or objects. -SetSeed is refused, because the
// simulator does not know which numbers .NET draws from a seed.
func getRandom() cmdlet {
	return cmdlet{name: "Get-Random", heeds: "Minimum Maximum InputObject Count Shuffle", unsaid: map[string]unsaid{"Count": {check: atLeast(1)}},
		process: func(_ context.Context, c *powershell.Call) error {
			c.State = append(gathered(c), value.Unroll(c.Value("InputObject"))...)
			return nil
		},
		end: func(_ context.Context, c *powershell.Call) error {
			if c.ParameterSet() != "RandomNumberParameterSet" && c.Has("InputObject") || len(gathered(c)) > 0 {
				return drawObjects(c, gathered(c))
			}
			for range max(1, c.Int("Count")) {
				n, err := drawNumber(c.Value("Minimum"), c.Value("Maximum"))
				if err != nil {
					return err
				}
				if err := c.EmitWhole(n); err != nil {
					return err
				}
			}
			return nil
		}}
}

func drawObjects(c *powershell.Call, items []any) error {
	count := max(1, c.Int("Count"))
	if c.On("Shuffle") {
		count = len(items)
	}
	for i, at := range rand.Perm(len(items)) {
		if i == count {
			break
		}
		if err := c.EmitWhole(items[at]); err != nil {
			return err
		}
	}
	return nil
}

// drawNumber draws a number that is at least least and below most. When both limits are
// of type Int32 or Int64 the number is too; otherwise it is a Double. The table of types
// on the reference page says so.
func drawNumber(least, most any) (any, error) {
	for _, limit := range []any{least, most} {
		if limit != nil && !value.IsNumber(limit) {
			return nil, dotnet.Refuse("Get-Random with a limit that is a %s", value.TypeName(limit))
		}
	}
	from, to := bound(least, 0), bound(most, 1<<31-1)
	if from >= to {
		return nil, powershell.NewErrorRecord("System.ArgumentException", "MinGreaterThanOrEqualMax", "InvalidArgument", nil, fmt.Sprintf(
			"The Minimum value (%s) cannot be greater than or equal to the Maximum value (%s).", value.FloatText(from, 64), value.FloatText(to, 64)))
	}
	wide := false
	for _, limit := range []any{least, most} {
		switch limit.(type) {
		case nil, int32:
		case int64:
			wide = true
		default:
			return from + rand.Float64()*(to-from), nil
		}
	}
	if to-from >= 1<<62 {
		return nil, dotnet.Refuse("Get-Random over more than 62 bits")
	}
	n := int64(from) + rand.Int64N(int64(to)-int64(from))
	if wide {
		return n, nil
	}
	return value.From(int(n)), nil
}

func bound(v any, otherwise float64) float64 {
	if n, ok := value.ToFloat(v); ok && v != nil {
		return n
	}
	return otherwise
}

func newGUID() cmdlet {
	return cmdlet{name: "New-Guid", heeds: "Empty",
		process: func(_ context.Context, c *powershell.Call) error {
			if c.On("Empty") {
				return c.EmitWhole(value.Guid("00000000-0000-0000-0000-000000000000"))
			}
			return c.EmitWhole(dotnet.NewGuid())
		}}
}

// newTimeSpan is New-TimeSpan. It gives the time between two dates, where now stands for
// a date that is left out, or a time span made of its parts.
func newTimeSpan() cmdlet {
	return cmdlet{name: "New-TimeSpan", heeds: "Start End Days Hours Minutes Seconds Milliseconds",
		process: func(_ context.Context, c *powershell.Call) error {
			if c.ParameterSet() == "Time" {
				return c.EmitWhole(time.Duration(c.Int("Days"))*24*time.Hour + time.Duration(c.Int("Hours"))*time.Hour +
					time.Duration(c.Int("Minutes"))*time.Minute + time.Duration(c.Int("Seconds"))*time.Second +
					time.Duration(c.Int("Milliseconds"))*time.Millisecond)
			}
			now := c.Runspace().Env().Clock.Now().UTC().Truncate(100 * time.Nanosecond)
			from, to := now, now
			if d, ok := c.Value("Start").(value.DateTime); ok {
				from = d.Time
			}
			if d, ok := c.Value("End").(value.DateTime); ok {
				to = d.Time
			}
			return c.EmitWhole(to.Sub(from))
		}}
}
