package psrp

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// keptOpen is a host that answers no request to close.
type keptOpen struct{ Transport }

func (keptOpen) Close(ctx context.Context) error {
	<-ctx.Done()
	return nil
}

// TestASecondCloseWaitsAsLongAsItMay: while one close waits for the host, another may have less
// time.
func TestASecondCloseWaitsAsLongAsItMay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSession(Target{Host: "fe01", Transport: keptOpen{}}, Options{}.withDefaults())
		began := time.Now()
		within := func(d time.Duration) time.Duration {
			ctx, cancel := context.WithTimeout(t.Context(), d)
			defer cancel()
			if err := s.Close(ctx); err != nil {
				t.Error(err)
			}
			return time.Since(began)
		}
		go within(time.Minute)
		synctest.Wait()
		if took := within(time.Second); took != time.Second {
			t.Errorf("the second close had a second, and took %s", took)
		}
		if took := within(time.Hour); took != time.Minute {
			t.Errorf("the third close took %s; the session ended after a minute", took)
		}
	})
}
