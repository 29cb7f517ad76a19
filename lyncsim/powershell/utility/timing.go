package utility

import (
	"context"
	"time"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

func startSleep() cmdlet {
	return cmdlet{name: "Start-Sleep", heeds: "Seconds Milliseconds Duration",
		unsaid: map[string]unsaid{"Seconds": {check: atLeast(0)}, "Milliseconds": {check: atLeast(0)}},
		process: func(ctx context.Context, c *powershell.Call) error {
			wait := time.Duration(c.Int("Milliseconds")) * time.Millisecond
			if c.Has("Seconds") {
				seconds, _ := value.ToFloat(c.Value("Seconds"))
				wait = time.Duration(seconds * float64(time.Second))
			}
			if d, ok := c.Value("Duration").(time.Duration); ok {
				wait = d
			}
			return c.Runspace().Env().Clock.Sleep(ctx, wait)
		}}
}

func measureCommand() cmdlet {
	return cmdlet{name: "Measure-Command", heeds: "Expression InputObject",
		process: func(ctx context.Context, c *powershell.Call) error {
			clock := c.Runspace().Env().Clock
			item, _ := c.Input()
			from := clock.Now()
			if _, err := c.Invoke(ctx, c.Value("Expression"), item); err != nil {
				return err
			}
			spent, _ := c.State.(time.Duration)
			c.State = spent + clock.Now().Sub(from)
			return nil
		},
		end: func(_ context.Context, c *powershell.Call) error {
			spent, _ := c.State.(time.Duration)
			return c.EmitWhole(spent.Truncate(100 * time.Nanosecond))
		}}
}
