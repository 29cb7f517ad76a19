package rfc2136

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/fedroute/fedroute/internal/contain"
	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/fault"
)

// Reader reads zones. It sends questions only, signed where the Config says so, and no
// update. So it can be used in Observe mode.
type Reader struct{ config Config }

var _ dns.Reader = (*Reader)(nil)

// NewReader makes a Reader. It contacts no server yet. Fault: Invalid.
func NewReader(c Config) (*Reader, error) {
	c, err := c.complete()
	if err != nil {
		return nil, err
	}
	return &Reader{config: c}, nil
}

// Read looks every key up on the primary and then on the other authoritative
// servers. The primary is asked over one connection, all others at the same
// time. A server other than the primary that cannot be asked does not fail the
// read: its ServerView carries the error. Faults: Unreachable, Invalid.
func (r *Reader) Read(ctx context.Context, keys []dns.Key) (map[dns.Key]dns.Lookup, error) {
	keys, err := checkKeys(keys)
	if err != nil || len(keys) == 0 {
		return map[dns.Key]dns.Lookup{}, err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, 2*r.config.Budget, errTooSlow)
	defer cancel()
	found, others, err := r.askPrimary(ctx, keys)
	if err != nil {
		return nil, err
	}
	views, err := r.askAll(ctx, others)
	if err != nil {
		return nil, err
	}
	addViews(found, views)
	return found, nil
}

// askPrimary looks every key up on the primary, and lists the servers to ask then.
func (r *Reader) askPrimary(ctx context.Context, keys []dns.Key) (found map[dns.Key]dns.Lookup, others []errand, err error) {
	err = r.inTurn(ctx, r.config.Server, func(ctx context.Context) error {
		primary := newSession(r.config, r.config.Server)
		defer primary.close()
		if found, err = r.lookUp(ctx, primary, keys); err == nil {
			others, err = r.otherServers(ctx, primary, found)
		}
		return err
	})
	return found, others, err
}

// inTurn asks one server once it is its turn, within the time that one server may take.
func (r *Reader) inTurn(ctx context.Context, server string, ask func(context.Context) error) error {
	done, err := r.config.Turn(ctx, server)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, r.config.Budget, errTooSlow)
	defer cancel()
	err = contain.Run(opAsk, server, func() error { return ask(ctx) })
	done(err)
	return err
}

// checkKeys brings keys into canonical form, removes duplicates and sorts them.
func checkKeys(keys []dns.Key) ([]dns.Key, error) {
	seen := map[dns.Key]struct{}{}
	for _, key := range keys {
		if err := dns.CheckName(key.Name); err != nil {
			return nil, err
		}
		if wireType(key.Type) == 0 {
			return nil, fault.New(fault.Invalid, "read DNS", key.String(), "only A, AAAA and SRV records are read")
		}
		seen[dns.NewKey(key.Name, key.Type)] = struct{}{}
	}
	return slices.SortedFunc(maps.Keys(seen), compareKeys), nil
}

// lookUp asks the primary for every key and judges the answers.
func (r *Reader) lookUp(ctx context.Context, s *session, keys []dns.Key) (map[dns.Key]dns.Lookup, error) {
	answers, err := askKeys(ctx, s, keys)
	if err != nil {
		return nil, err
	}
	standings, err := r.stand(ctx, s, tell(answers))
	if err != nil {
		return nil, err
	}
	wildcards, err := wildcardsOf(ctx, s, standings, answers)
	if err != nil {
		return nil, err
	}
	found := make(map[dns.Key]dns.Lookup, len(keys))
	for _, key := range keys {
		l := judge(standings[key.Name], answers[key], wildcards[key])
		l.Servers = []dns.ServerView{{Server: s.server, Set: l.Set}}
		found[key] = l
	}
	return found, nil
}

// stand completes how the server stands to each name. A name that answers with records and
// was seen to exist lately is not asked about again.
func (r *Reader) stand(ctx context.Context, s *session, told map[string]standing) (map[string]standing, error) {
	known, answered := map[string]standing{}, map[string]bool{}
	for name, st := range told {
		if !st.open() {
			continue
		}
		answered[name] = true
		if st, exists, ok := r.config.Standings.within(name, trusted, r.config.Now); ok && exists {
			known[name] = st
			delete(told, name)
		}
	}
	standings, err := survey(ctx, s, told)
	if err != nil {
		return nil, err
	}
	for name, st := range standings {
		r.config.Standings.note(name, st, answered[name], r.config.Now)
	}
	maps.Copy(standings, known)
	return confineAll(r.config.Zone, standings), nil
}

// tell collects how the server stands to each name, as far as the answers show it.
func tell(answers map[dns.Key]reply) map[string]standing {
	standings := map[string]standing{}
	for key, r := range answers {
		if st, ok := standings[key.Name]; ok && st.open() {
			continue // another answer has left the name open
		}
		standings[key.Name] = r.standing
	}
	return standings
}

// askKeys asks one server for the keys' records.
func askKeys(ctx context.Context, s *session, keys []dns.Key) (map[dns.Key]reply, error) {
	questions := make([]question, len(keys))
	for i, key := range keys {
		questions[i] = question{name: key.Name, qtype: wireType(key.Type)}
	}
	answers, err := s.ask(ctx, questions)
	if err != nil {
		return nil, err
	}
	replies := make(map[dns.Key]reply, len(keys))
	for i, key := range keys {
		if replies[key], err = replyTo(s.server, key, answers[i]); err != nil {
			return nil, err
		}
	}
	return replies, nil
}

// judge makes a Lookup of the primary's answers about a name and about a key.
// wildcard, when not empty, is the wildcard that answers in the name's place.
func judge(s standing, r reply, wildcard string) dns.Lookup {
	l := dns.Lookup{Set: dns.RRSet{Key: r.set.Key}, Zone: s.zone}
	switch {
	case s.lame != "":
		l.Barrier, l.Detail = dns.BarrierNoZone, s.lame
	case s.cut != "":
		l.Barrier, l.Detail = dns.BarrierDelegation, s.cut
	case r.lame != "":
		l.Barrier, l.Detail, l.Zone = dns.BarrierNoZone, r.lame, ""
	case r.dname != "":
		l.Barrier, l.Detail = dns.BarrierDNAME, r.dname
	case wildcard != "":
		l.Barrier, l.Detail = dns.BarrierWildcard, wildcard+" → "+cmp.Or(r.alias, r.set.String())
	case r.alias != "":
		l.Barrier, l.Detail = dns.BarrierCNAME, r.alias
	default:
		l.Set = r.set
		if !l.Set.Exists() {
			l.Absence = s.absence
		}
	}
	return l
}
