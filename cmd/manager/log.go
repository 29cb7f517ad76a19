package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
)

// level is how much is logged. It is one of four words and no number: the library of
// the API client tells with levels below DEBUG what requests and answers hold, and
// answers hold Secrets.
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

// newLog writes records as JSON, one a line.
func newLog(out io.Writer, l slog.Leveler) slog.Handler {
	return plainly{slog.NewJSONHandler(out, &slog.HandlerOptions{Level: l})}
}

// plainly passes records on, but for lines of a library that say nothing.
type plainly struct{ slog.Handler }

// failedCheck is what controller-runtime logs each time that the kubelet asks and a
// check says no. It names no check, for it prints unexported fields. Who asks gets the
// name, and at DEBUG a line of its own names check and error.
const failedCheck = "healthz check failed"

// Handle drops or passes on.
func (p plainly) Handle(ctx context.Context, r slog.Record) error {
	if r.Message == failedCheck && r.Level == slog.LevelInfo {
		return nil
	}
	return p.Handler.Handle(ctx, r)
}

// WithAttrs keeps on dropping.
func (p plainly) WithAttrs(attrs []slog.Attr) slog.Handler {
	return plainly{p.Handler.WithAttrs(attrs)}
}

// WithGroup keeps on dropping.
func (p plainly) WithGroup(name string) slog.Handler { return plainly{p.Handler.WithGroup(name)} }
