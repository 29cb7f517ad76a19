package wsman

import "time"

// Clock is the machine's time; a farm's clock will do. AfterFunc calls f when d
// has passed, without holding locks of the clock, unless stop comes first.
type Clock interface {
	Now() time.Time
	AfterFunc(d time.Duration, f func()) (stop func())
}

// SystemClock is the clock on the wall.
type SystemClock struct{}

// Now is the present.
func (SystemClock) Now() time.Time { return time.Now() }

// AfterFunc is time.AfterFunc.
func (SystemClock) AfterFunc(d time.Duration, f func()) func() {
	t := time.AfterFunc(d, f)
	return func() { t.Stop() }
}
