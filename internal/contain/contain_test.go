package contain_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/fedroute/fedroute/internal/contain"
	"github.com/fedroute/fedroute/internal/fault"
)

const canary = "swordfish"

// fails panics with a value that contains a secret.
func fails() { panic("cannot parse " + canary) }

func TestEveryGoroutineOutlivesAPanic(t *testing.T) {
	var log bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	t.Cleanup(func() { slog.SetDefault(before) })
	cases := map[string]func() error{
		"Run": func() error { return contain.Run("read", "x", func() error { fails(); return nil }) },
		"Value": func() error {
			got, err := contain.Value("read", "x", func() (int, error) { fails(); return 7, nil })
			if got != 0 {
				t.Errorf("a value of %d beside %v", got, err)
			}
			return err
		},
		"Go": func() error {
			told := make(chan error)
			contain.Go("read", "x", fails, func(err error) { told <- err })
			return <-told
		},
		"Group": func() error {
			var g contain.Group
			g.SetLimit(1)
			g.Go("read", "x", func() error { fails(); return nil })
			g.Go("read", "y", func() error { return nil })
			return g.Wait()
		},
		"Flight": func() error {
			var f contain.Flight[int]
			_, err := f.Do("q", "read", "x", func() (int, error) { fails(); return 0, nil })
			return err
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			log.Reset()
			err := c()
			const want = "read x: fedroute failed at it by a defect of its own (string); it was given up, and other objects are served as before; report it with the manager's log, which names the place"
			if !fault.Is(err, fault.Internal) || fault.Sentence(err) != want {
				t.Errorf("got %s: %v", fault.KindOf(err), err)
			}
			if !strings.Contains(log.String(), "contain_test.fails") || strings.Contains(log.String(), canary) {
				t.Errorf("the log must name the place and not what the panic says:\n%s", log.String())
			}
		})
	}
}

func TestAfterFuncOutlivesAPanic(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	ran := make(chan struct{})
	contain.AfterFunc(ctx, "leave", "x", func() { defer close(ran); fails() })
	cancel()
	<-ran
	if stop := contain.AfterFunc(t.Context(), "leave", "x", fails); !stop() {
		t.Error("what has not begun can be stopped")
	}
}

func TestWhatDoesNotPanicIsLeftAlone(t *testing.T) {
	broken := errors.New("broken")
	if got, err := contain.Value("read", "x", func() (int, error) { return 7, broken }); got != 7 || err != broken {
		t.Errorf("got %d, %v", got, err)
	}
	var f contain.Flight[int]
	if got, err := f.Do("q", "read", "x", func() (int, error) { return 7, nil }); got != 7 || err != nil {
		t.Errorf("got %d, %v", got, err)
	}
	ended := make(chan struct{})
	contain.Go("read", "x", func() { close(ended) }, func(err error) { t.Error(err) })
	<-ended
}
