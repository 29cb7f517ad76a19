package dns

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
)

// DefaultTTL is the TTL in seconds of a new set for which no TTL was chosen. It is
// short, because partners see a failover within this time.
const DefaultTTL = 300

// NewKey makes a key in canonical form.
func NewKey(name string, t Type) Key { return Key{Name: Canonical(name), Type: t} }

// String is the form that messages show: "sip.contoso.com A".
func (k Key) String() string { return k.Name + " " + string(k.Type) }

// NewSet makes a set in canonical form: names in lower case, values sorted and
// without duplicates. Without values the set is empty, which means "must not exist"
// in a Change. Fault: Invalid.
func NewSet(name string, t Type, ttl uint32, values ...string) (RRSet, error) {
	if err := CheckName(name); err != nil {
		return RRSet{}, err
	}
	set := RRSet{Key: NewKey(name, t), TTL: ttl}
	for _, value := range values {
		data, err := ParseData(t, value)
		if err != nil {
			return RRSet{}, err
		}
		set.Data = append(set.Data, data)
	}
	slices.Sort(set.Data)
	set.Data = slices.Compact(set.Data)
	return set, nil
}

// Hash names the set by its content: name, type and data. A person's consent names a set
// so. The TTL is left out, as it is in a Change's prerequisites.
func (s RRSet) Hash() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q %q", s.Name, s.Type, s.Data))
	return "sha256-" + hex.EncodeToString(sum[:])[:16]
}

// Exists reports whether the set has any record.
func (s RRSet) Exists() bool { return len(s.Data) > 0 }

// ChangeTo makes the change from what was found to the wanted set. A wanted
// TTL of 0 keeps the TTL that was found.
func (l Lookup) ChangeTo(want RRSet) Change { return Change{From: l.Set, To: want} }
