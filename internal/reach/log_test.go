package reach

import (
	"bytes"
	"log/slog"
	"testing"
	"time"
)

var aMomentAgo = time.Unix(1, 0)

// logged catches what is logged during the test.
func logged(t *testing.T) *bytes.Buffer {
	t.Helper()
	var out bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&out, nil)))
	t.Cleanup(func() { slog.SetDefault(before) })
	return &out
}
