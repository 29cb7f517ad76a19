package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
)

// level is how much is logged. It is one of four words. A number is not accepted: with a
// level below DEBUG the library of the API client logs the content of requests and
// answers, and answers hold Secrets.
type level struct{ slog.Level }

// UnmarshalText reads one of the four words.
func (l *level) UnmarshalText(text []byte) error {
	for _, known := range []slog.Level{slog.LevelDebug, slog.LevelInfo, slog.LevelWarn, slog.LevelError} {
		if strings.EqualFold(known.String(), string(text)) {
			l.Level = known
			return nil
		}
	}
	return fmt.Errorf("%q is none of DEBUG, INFO, WARN and ERROR", text)
}

// newLog gives a handler that writes each record as one line of JSON.
func newLog(out io.Writer, l slog.Leveler) slog.Handler {
	return plainly{slog.NewJSONHandler(out, &slog.HandlerOptions{Level: l})}
}

// plainly passes records on. It drops the lines of a library that say nothing.
type plainly struct{ slog.Handler }

// failedCheck is the message that controller-runtime logs each time that the kubelet asks
// and a check fails. The line does not name the check, because it prints unexported
// fields. The answer to the kubelet names the check. So does another line at DEBUG, which
// names check and error.
const failedCheck = "healthz check failed"

// Handle drops a record that says nothing and passes any other on.
func (p plainly) Handle(ctx context.Context, r slog.Record) error {
	if r.Message == failedCheck && r.Level == slog.LevelInfo {
		return nil
	}
	return p.Handler.Handle(ctx, r)
}

// WithAttrs gives a handler that drops the same lines.
func (p plainly) WithAttrs(attrs []slog.Attr) slog.Handler {
	return plainly{p.Handler.WithAttrs(attrs)}
}

// WithGroup gives a handler that drops the same lines.
func (p plainly) WithGroup(name string) slog.Handler { return plainly{p.Handler.WithGroup(name)} }
