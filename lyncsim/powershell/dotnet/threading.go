package dotnet

import (
	"errors"
	"strings"
	"time"

	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// Mutex is System.Threading.Mutex. All processes of a machine run in session 0.
// Therefore every name belongs to the whole machine, whether it begins with Global\,
// with Local\ or with neither.
type Mutex struct{ name string }

// TypeName is the .NET name.
func (*Mutex) TypeName() string { return "System.Threading.Mutex" }

// Stopwatch is System.Diagnostics.Stopwatch.
type Stopwatch struct {
	started time.Time
	running bool
	elapsed time.Duration
}

// TypeName is the .NET name.
func (*Stopwatch) TypeName() string { return "System.Diagnostics.Stopwatch" }

func (w *Stopwatch) total(e *Env) time.Duration {
	if w.running {
		return w.elapsed + e.Clock.Now().Sub(w.started)
	}
	return w.elapsed
}

func threadingTypes() []*Type {
	return []*Type{mutexType(), stopwatchType(), {Name: "System.Threading.Thread", Static: members(
		static("Sleep", 1, 1, func(a *Args) (any, error) {
			d := time.Duration(a.Int(0)) * time.Millisecond
			if span, ok := a.At(0).(time.Duration); ok {
				d = span
			}
			return Void, a.Env.Clock.Sleep(a.Env.Context, d)
		})), Refused: []string{"CurrentThread"}}}
}

func mutexType() *Type {
	return &Type{Name: "System.Threading.Mutex",
		New: func(a *Args) (any, error) {
			name := strings.ToLower(a.Text(1))
			for _, session := range []string{`global\`, `local\`} {
				name = strings.TrimPrefix(name, session)
			}
			if name == "" {
				name = "unnamed " + string(NewGuid())
			}
			if !a.Env.Machine.Mutexes().Opens(name, a.Env.Owner) {
				return nil, mutexDenied(a.Text(1))
			}
			m := &Mutex{name: name}
			if a.Len() > 2 {
				if err := a.output(2, !a.Env.Machine.Mutexes().Exists(name)); err != nil {
					return nil, err
				}
			}
			if value.Truth(a.At(0)) {
				_, err := a.Env.Machine.Mutexes().Acquire(a.Env.Context, m.name, a.Env.Owner, 0)
				return m, err
			}
			return m, nil
		},
		Members: members(
			method("WaitOne", 0, 2, func(m *Mutex, a *Args) (any, error) {
				wait := time.Duration(-1)
				switch v := a.At(0).(type) {
				case nil:
				case time.Duration:
					wait = v
				default:
					wait = time.Duration(a.Int(0)) * time.Millisecond
				}
				return waited(a.Env.Machine.Mutexes().Acquire(a.Env.Context, m.name, a.Env.Owner, wait))
			}),
			method("ReleaseMutex", 0, 0, func(m *Mutex, a *Args) (any, error) {
				if !a.Env.Machine.Mutexes().Release(m.name, a.Env.Owner) {
					return nil, value.NewException("System.ApplicationException",
						"Object synchronization method was called from an unsynchronized block of code.")
				}
				return Void, nil
			}),
			voidMethod("Close"), voidMethod("Dispose")),
		Refused: []string{"*"},
		Static: members(static("OpenExisting", 1, 1, func(a *Args) (any, error) {
			name := strings.TrimPrefix(strings.ToLower(a.Text(0)), `global\`)
			if !a.Env.Machine.Mutexes().Exists(name) {
				return nil, value.NewException("System.Threading.WaitHandleCannotBeOpenedException", "No handle of the given name exists.")
			}
			if !a.Env.Machine.Mutexes().Opens(name, a.Env.Owner) {
				return nil, mutexDenied(a.Text(0))
			}
			return &Mutex{name: name}, nil
		}))}
}

// mutexDenied is the exception of a mutex that another account made. Mutex's constructor
// and OpenExisting document it for a user without FullControl.
func mutexDenied(name string) error {
	return value.NewException("System.UnauthorizedAccessException", "Access to the path '"+name+"' is denied.")
}

func waited(b bool, err error) (any, error) {
	if errors.Is(err, ErrAbandoned) {
		return nil, value.NewException("System.Threading.AbandonedMutexException", "The wait completed due to an abandoned mutex.")
	}
	return b, err
}

func voidMethod(name string) Member {
	return Member{Name: name, Call: func(any, *Args) (any, error) { return Void, nil }}
}

func stopwatchType() *Type {
	elapsed := func(name string, of func(d time.Duration) any) Member {
		return Member{Name: name, Get: func(e *Env, self any) (any, error) { return of(self.(*Stopwatch).total(e)), nil }}
	}
	start := func(w *Stopwatch, e *Env) {
		if !w.running {
			w.running, w.started = true, e.Clock.Now()
		}
	}
	return &Type{Name: "System.Diagnostics.Stopwatch",
		New: func(*Args) (any, error) { return &Stopwatch{}, nil },
		Static: members(static("StartNew", 0, 0, func(a *Args) (any, error) {
			w := &Stopwatch{}
			start(w, a.Env)
			return w, nil
		})),
		Members: members(
			elapsed("Elapsed", func(d time.Duration) any { return d }),
			elapsed("ElapsedMilliseconds", func(d time.Duration) any { return d.Milliseconds() }),
			elapsed("ElapsedTicks", func(d time.Duration) any { return int64(d / 100) }),
			prop("IsRunning", func(w *Stopwatch) any { return w.running }),
			method("Start", 0, 0, func(w *Stopwatch, a *Args) (any, error) {
				start(w, a.Env)
				return Void, nil
			}),
			method("Stop", 0, 0, func(w *Stopwatch, a *Args) (any, error) {
				w.elapsed, w.running = w.total(a.Env), false
				return Void, nil
			}),
			method("Reset", 0, 0, func(w *Stopwatch, _ *Args) (any, error) {
				*w = Stopwatch{}
				return Void, nil
			}),
			method("Restart", 0, 0, func(w *Stopwatch, a *Args) (any, error) {
				*w = Stopwatch{}
				start(w, a.Env)
				return Void, nil
			}))}
}
