package kerberos

import (
	"errors"
	"fmt"
	"strings"

	"github.com/jcmturner/gokrb5/v8/keytab"
)

// Principal is a principal whose keys a keytab has.
type Principal struct {
	Name  string // such as HTTP/fe01.contoso.com
	Realm string
}

// Principals lists the principals of a keytab, in its order.
func Principals(keys []byte) ([]Principal, error) {
	kt, err := read(keys)
	if err != nil {
		return nil, fmt.Errorf("kerberos: the keytab: %w", err)
	}
	var out []Principal
	seen := map[Principal]bool{}
	for _, e := range kt.Entries {
		p := Principal{strings.Join(e.Principal.Components, "/"), e.Principal.Realm}
		if !seen[p] {
			seen[p] = true
			out = append(out, p)
		}
	}
	return out, nil
}

func read(keys []byte) (*keytab.Keytab, error) {
	kt := keytab.New()
	if len(keys) == 0 {
		return nil, errors.New("it is empty")
	}
	err := kt.Unmarshal(keys)
	return kt, err
}
