package dns

import (
	"fmt"
	"strings"

	"github.com/fedroute/fedroute/internal/fault"
)

const (
	maxName  = 253 // octets of a name in text form (RFC 1035 section 2.3.4)
	maxLabel = 63
)

// Canonical brings a domain name into the form that Key and RRSet use: lower
// case, no final dot. The root is ".".
func Canonical(name string) string {
	trimmed := strings.ToLower(strings.TrimSuffix(name, "."))
	if trimmed == "" {
		return "."
	}
	return trimmed
}

// CheckName returns an error for a name that cannot be a host, domain or service
// name. Underscores are allowed, because service names begin with one (RFC 2782).
// Fault: Invalid.
func CheckName(name string) error {
	name = strings.TrimSuffix(name, ".")
	if name == "" {
		return invalidName(name, "the name is empty")
	}
	if len(name) > maxName {
		return invalidName(name, fmt.Sprintf("the name has %d characters, at most %d are possible", len(name), maxName))
	}
	for label := range strings.SplitSeq(name, ".") {
		if why := labelFlaw(label); why != "" {
			return invalidName(name, why)
		}
	}
	return nil
}

// labelFlaw describes what is wrong with one label, "" for nothing.
func labelFlaw(label string) string {
	if label == "" {
		return "two dots follow each other"
	}
	if len(label) > maxLabel {
		return fmt.Sprintf("the part %q is longer than %d characters", label, maxLabel)
	}
	if label[0] == '-' || label[len(label)-1] == '-' {
		return fmt.Sprintf("the part %q begins or ends with a hyphen", label)
	}
	for _, c := range label {
		if !nameRune(c) {
			return fmt.Sprintf("the part %q has the character %q", label, c)
		}
	}
	return ""
}

func nameRune(c rune) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_'
}

func invalidName(name, why string) error {
	return fault.New(fault.Invalid, "read name", name, why).
		With("", "write a fully qualified name such as sip.contoso.com")
}

// Within reports whether name is the domain itself or lies below it. Both are
// canonical.
func Within(name, domain string) bool {
	return domain == "." || name == domain || strings.HasSuffix(name, "."+domain)
}

// Ancestors lists the domains above a canonical name, the nearest first and without
// the root. Those of sip.emea.contoso.com are emea.contoso.com, contoso.com and com.
func Ancestors(name string) []string {
	var above []string
	for {
		_, parent, found := strings.Cut(name, ".")
		if !found || parent == "" {
			return above
		}
		above = append(above, parent)
		name = parent
	}
}
