// Package kerberos signs in with the Kerberos credentials of a Secret. WinRM and DNS
// updates use it. No other package uses the Kerberos library, whose parsers panic on
// ordinary files and on answers of a KDC, and quote keys in their errors. This
// package passes on neither panics nor keys, and the library starts no goroutine in
// it.
package kerberos

import (
	"fmt"
	"sort"
	"strings"

	"github.com/jcmturner/gokrb5/v8/config"
	"github.com/jcmturner/gokrb5/v8/keytab"

	"github.com/fedroute/fedroute/internal/fault"
)

// Larger files are refused. A krb5.conf has some dozen lines and an account's keytab
// some hundred bytes. The parser silently drops the rest of a text behind a line of
// 64 KiB.
const (
	maxConfig = 32 << 10 // bytes
	maxLines  = 1000
	maxKeytab = 64 << 10 // bytes
)

// ReadConfig reads the text of a krb5.conf. op and target are those of the fault.
// Fault: Invalid; it names the line but not its text, because people have written
// passwords there.
func ReadConfig(op, target, text string) (*config.Config, error) {
	lines := strings.Split(text, "\n")
	if len(text) > maxConfig || len(lines) > maxLines {
		return nil, invalidConfig(op, target, fmt.Sprintf("krb5.conf has %d bytes in %d lines, more than the %d bytes in %d lines that are read", len(text), len(lines), maxConfig, maxLines), nil)
	}
	read, said := parse(text)
	if said != nil {
		return nil, invalidConfig(op, target, fmt.Sprintf("line %d of krb5.conf cannot be used", badLine(lines)), said)
	}
	// The library copies these options into a field of 32 bits without checking their
	// length.
	if options := read.LibDefaults.KDCDefaultOptions; len(options.Bytes) != 4 {
		return nil, invalidConfig(op, target, "kdc_default_options of krb5.conf has not 32 bits", nil)
	}
	return read, nil
}

func invalidConfig(op, target, cause string, said *fault.Redacted) error {
	return fault.NewOfSecret(fault.Invalid, op, target, cause, said).
		With("nothing can be signed in to", "correct krb5.conf in the Secret: each name = value and each brace that closes on a line of its own, no section within a realm")
}

func parse(text string) (*config.Config, *fault.Redacted) {
	return fault.OfSecret(func() (*config.Config, error) { return config.NewFromString(text) })
}

// badLine finds the first line, counted from 1, with which the text can no longer be
// read. For each trial it closes a realm that is still open at the end.
func badLine(lines []string) int {
	return 1 + sort.Search(len(lines)-1, func(i int) bool {
		head := lines[:i+1]
		_, said := parse(strings.Join(head, "\n") + strings.Repeat("\n}", openBraces(head)))
		return said != nil
	})
}

// openBraces counts the braces that a realm's lines have opened and not closed. It
// counts as the library does: one brace of a kind per line, and none in comments.
func openBraces(lines []string) int {
	open, inRealms := 0, false
	for _, line := range lines {
		if at := strings.IndexAny(line, "#;"); at >= 0 {
			line = line[:at]
		}
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "[") {
			open, inRealms = 0, strings.HasPrefix(line, "[realms]")
			continue
		}
		if inRealms && strings.Contains(line, "{") {
			open++
		}
		if inRealms && strings.Contains(line, "}") {
			open--
		}
	}
	return max(open, 0)
}

// ReadKeytab reads a keytab in MIT format. Fault: Invalid.
func ReadKeytab(op, target string, raw []byte) (*keytab.Keytab, error) {
	keys, said := fault.OfSecret(func() (*keytab.Keytab, error) {
		if len(raw) > maxKeytab {
			return nil, fmt.Errorf("%d bytes", len(raw))
		}
		keys := keytab.New()
		return keys, keys.Unmarshal(raw)
	})
	if said == nil {
		return keys, nil
	}
	return nil, fault.NewOfSecret(fault.Invalid, op, target, "the keytab cannot be read", said).
		With("nothing can be signed in to", fmt.Sprintf("store the whole keytab file, of at most %d bytes, in the Secret", maxKeytab))
}
