package wsman

import "time"

// Clock is the machine's time; a farm's clock is one. AfterFunc calls f when d has
// passed, unless stop was called first. It holds no locks of the clock while it
// calls f.
type Clock interface {
	Now() time.Time
	AfterFunc(d time.Duration, f func()) (stop func())
}

// SystemClock is the real clock.
type SystemClock struct{}

// Now is the current time.
func (SystemClock) Now() time.Time { return time.Now() }

// AfterFunc is time.AfterFunc.
func (SystemClock) AfterFunc(d time.Duration, f func()) func() {
	t := time.AfterFunc(d, f)
	return func() { t.Stop() }
}
