package memnet_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/test/support/memnet"
)

var (
	here  = netip.MustParseAddr("127.0.0.1")
	there = netip.MustParseAddr("127.0.0.2")
)

const port = "127.0.0.2:5986"

// echo sends back what each connection sends, until it ends.
func echo(t *testing.T, n *memnet.Network) net.Listener {
	t.Helper()
	l, err := n.Listen("tcp", port)
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				_, _ = io.Copy(c, c)
				_ = c.Close()
			}()
		}
	}()
	return l
}

// ask sends a word and waits for it.
func ask(c net.Conn, word string) (string, error) {
	if _, err := c.Write([]byte(word)); err != nil {
		return "", err
	}
	b := make([]byte, len(word))
	_, err := io.ReadFull(c, b)
	return string(b), err
}

// TestFaults: what a conversation meets that is under way when the fault begins, and what a
// new one meets.
func TestFaults(t *testing.T) {
	cases := map[string]struct {
		reason  string
		fault   memnet.Fault
		old     error // of the open conversation
		fresh   error // of a dial
		arrives bool  // the far side gets what was sent meanwhile
	}{
		"well":       {"nothing happens", memnet.Well, nil, nil, true},
		"swallowed":  {"nobody is told, and time runs out", memnet.Swallowed, os.ErrDeadlineExceeded, context.DeadlineExceeded, false},
		"unanswered": {"the question arrives, and the answer does not", memnet.Unanswered, os.ErrDeadlineExceeded, context.DeadlineExceeded, true},
		"refused":    {"only new connections are told so", memnet.Refused, nil, syscall.ECONNREFUSED, true},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				defer time.Sleep(time.Second) // the ends of connections arrive, too
				n := memnet.New(1)
				l, err := n.Listen("tcp", port)
				if err != nil {
					t.Fatal(err)
				}
				defer l.Close()
				var mu sync.Mutex
				heard := 0
				go func() {
					for {
						conn, err := l.Accept()
						if err != nil {
							return
						}
						go func() {
							defer conn.Close()
							b := make([]byte, 16)
							for {
								k, err := conn.Read(b)
								if err != nil {
									return
								}
								mu.Lock()
								heard++
								mu.Unlock()
								_, _ = conn.Write(b[:k])
							}
						}()
					}
				}()
				conn, err := n.Dial(t.Context(), here, "tcp", port)
				if err != nil {
					t.Fatal(err)
				}
				defer conn.Close()
				n.Disturb(here, there, c.fault)
				_ = conn.SetDeadline(time.Now().Add(time.Minute))
				if _, err := ask(conn, "old"); !errors.Is(err, c.old) {
					t.Errorf("%s: the open connection: %v, want %v", c.reason, err, c.old)
				}
				mu.Lock()
				if (heard > 0) != c.arrives {
					t.Errorf("%s: heard %d", c.reason, heard)
				}
				mu.Unlock()
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				fresh, err := n.Dial(ctx, here, "tcp", port)
				if !errors.Is(err, c.fresh) {
					t.Errorf("%s: a dial: %v, want %v", c.reason, err, c.fresh)
				}
				if fresh != nil {
					fresh.Close()
				}
				n.Heal()
				_ = conn.SetDeadline(time.Time{})
				b := make([]byte, 3)
				if c.old != nil {
					if _, err := io.ReadFull(conn, b); err != nil || string(b) != "old" {
						t.Errorf("%s: what was held back is %q, %v", c.reason, b, err)
					}
				}
			})
		})
	}
}

func TestWhatEndsAConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		defer time.Sleep(time.Second)
		n := memnet.New(1)
		l := echo(t, n)
		defer l.Close()
		dial := func() net.Conn {
			c, err := n.Dial(t.Context(), here, "tcp", port)
			if err != nil {
				t.Fatal(err)
			}
			return c
		}
		cut := dial()
		if got, err := ask(cut, "hello"); got != "hello" || err != nil {
			t.Fatal(got, err)
		}
		if k := n.Cut(here, there); k != 1 {
			t.Errorf("%d connections were cut", k)
		}
		if _, err := cut.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("a connection that was cut: %v", err)
		}
		closed := dial()
		_, _ = closed.Write([]byte("last words"))
		closed.Close()
		if _, err := closed.Read(make([]byte, 1)); !errors.Is(err, net.ErrClosed) {
			t.Errorf("one's own end: %v", err)
		}
		aborted := dial()
		time.AfterFunc(time.Second, func() { _ = aborted.SetReadDeadline(time.Unix(1, 0)) })
		if _, err := aborted.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("a read whose deadline is moved while it waits: %v", err)
		}
		aborted.Close()
		l.Close()
		if _, err := n.Dial(t.Context(), here, "tcp", port); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("a closed port: %v", err)
		}
	})
}

// TestTheSeedDecidesWhenMessagesArrive: a seed gives the same times at every run, another seed
// gives others.
func TestTheSeedDecidesWhenMessagesArrive(t *testing.T) {
	times := func(seed uint64) (out []time.Duration) {
		synctest.Test(t, func(t *testing.T) {
			defer time.Sleep(time.Second)
			n := memnet.New(seed)
			l := echo(t, n)
			defer l.Close()
			began := time.Now()
			for range 3 {
				c, err := n.Dial(t.Context(), here, "tcp", port)
				if err != nil {
					t.Fatal(err)
				}
				for range 3 {
					if _, err := ask(c, "x"); err != nil {
						t.Fatal(err)
					}
					out = append(out, time.Since(began))
				}
				c.Close()
			}
		})
		return out
	}
	one, again, other := times(1), times(1), times(2)
	if d := cmp.Diff(one, again); d != "" {
		t.Errorf("the same seed gave other times:\n%s", d)
	}
	if cmp.Equal(one, other) {
		t.Error("another seed gave the same times")
	}
}
