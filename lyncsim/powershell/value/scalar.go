package value

import (
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// DateTimeKind is the time zone that a DateTime is meant in: none given, UTC or local.
var DateTimeKind = NewEnumType("System.DateTimeKind", "Unspecified", "Utc", "Local")

// Kinds of DateTime.
const (
	Unspecified = 0
	UTC         = 1
	Local       = 2
)

// DateTime is a .NET date: a clock reading and its kind. Time is always in UTC, because
// the simulated machines all have UTC as their local time.
type DateTime struct {
	Time time.Time
	Kind int
}

// NewDateTime makes a UTC date of an instant. .NET counts in ticks of 100 ns, so the
// rest below a tick is dropped.
func NewDateTime(t time.Time) DateTime {
	return DateTime{Time: t.UTC().Truncate(100 * time.Nanosecond), Kind: UTC}
}

// Guid is a GUID in its canonical lower-case form with hyphens.
type Guid string

var guidForm = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)

// ParseGuid reads the forms that [guid] accepts: with and without hyphens, in braces or
// in parentheses.
func ParseGuid(text string) (Guid, bool) {
	s := strings.ToLower(strings.Trim(strings.TrimSpace(text), "{}()"))
	if len(s) == 32 {
		s = s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:]
	}
	return Guid(s), guidForm.MatchString(s)
}

// Version is System.Version. A part that was not given is -1.
type Version struct{ Major, Minor, Build, Revision int32 }

// ParseVersion reads 2 to 4 numbers with dots.
func ParseVersion(text string) (Version, bool) {
	parts := strings.Split(text, ".")
	if len(parts) < 2 || len(parts) > 4 {
		return Version{}, false
	}
	n := [4]int32{-1, -1, -1, -1}
	for i, p := range parts {
		x, err := strconv.ParseUint(strings.TrimSpace(p), 10, 31)
		if err != nil {
			return Version{}, false
		}
		n[i] = int32(x)
	}
	return Version{Major: n[0], Minor: n[1], Build: n[2], Revision: n[3]}, true
}

// String is the version with the parts that were given.
func (v Version) String() string {
	s := fmt.Sprintf("%d.%d", v.Major, v.Minor)
	if v.Build >= 0 {
		s += "." + strconv.Itoa(int(v.Build))
	}
	if v.Revision >= 0 {
		s += "." + strconv.Itoa(int(v.Revision))
	}
	return s
}

// Compare orders versions: -1, 0 or 1.
func (v Version) Compare(w Version) int {
	a := [4]int32{v.Major, v.Minor, v.Build, v.Revision}
	b := [4]int32{w.Major, w.Minor, w.Build, w.Revision}
	for i := range a {
		if a[i] != b[i] {
			return sign(a[i] > b[i])
		}
	}
	return 0
}

func sign(positive bool) int {
	if positive {
		return 1
	}
	return -1
}

// URI is System.Uri.
type URI struct {
	Text string // the URI as it was given
	*url.URL
}

// TypeName is the .NET name.
func (*URI) TypeName() string { return "System.Uri" }

// String is the URI as .NET prints it.
func (u *URI) String() string {
	if u.URL.Host != "" && u.URL.Path == "" {
		return u.Text + "/"
	}
	return u.Text
}
