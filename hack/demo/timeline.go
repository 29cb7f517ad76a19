package main

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// sight is the result of one look of a partner. what names the pool that served it, or
// says why nobody did.
type sight struct {
	served bool
	what   string
}

// period is a time during which all looks had the same result.
type period struct {
	sight
	from, to time.Time
}

// diary keeps what a partner saw, for each protocol.
type diary struct {
	mu      sync.Mutex
	periods map[string][]period
}

func (d *diary) write(protocol string, at time.Time, s sight) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.periods == nil {
		d.periods = map[string][]period{}
	}
	all := d.periods[protocol]
	if n := len(all); n > 0 {
		all[n-1].to = at
		if all[n-1].sight == s {
			return
		}
	}
	d.periods[protocol] = append(all, period{s, at, at})
}

// between gives the periods of a protocol from one time to another. The last look
// counts until the end. What ended within the first tenth of a second is left out.
func (d *diary) between(protocol string, from, to time.Time) []period {
	d.mu.Lock()
	defer d.mu.Unlock()
	out := slices.Clone(d.periods[protocol])
	if n := len(out); n > 0 {
		out[n-1].to = to
	}
	out = slices.DeleteFunc(out, func(p period) bool { return !p.to.After(from.Add(time.Second/10)) || !p.from.Before(to) })
	if len(out) > 0 && out[0].from.Before(from) {
		out[0].from = from
	}
	return out
}

// bar is the periods drawn to scale. A cell is full when the partner was served all
// through it, so a gap shows however short it was.
func bar(cells int, periods []period) string {
	from, to := periods[0].from, periods[len(periods)-1].to
	line := []rune(strings.Repeat("█", cells))
	at := func(t time.Time) int {
		return min(int(int64(cells)*int64(t.Sub(from))/max(int64(to.Sub(from)), 1)), cells-1)
	}
	for _, p := range periods {
		for i := at(p.from); !p.served && i <= at(p.to); i++ {
			line[i] = '░'
		}
	}
	return string(line)
}

// inWords says what the periods were, one after the other.
func inWords(periods []period) string {
	var parts []string
	for _, p := range periods {
		how := fmt.Sprintf("served by %s %.1fs", p.what, p.to.Sub(p.from).Seconds())
		if !p.served {
			how = fmt.Sprintf("not served %.1fs (%s)", p.to.Sub(p.from).Seconds(), p.what)
		}
		parts = append(parts, how)
	}
	return strings.Join(parts, ", ")
}

// timeline shows what a partner saw, for each protocol a bar and words.
func timeline(width int, of map[string][]period) []string {
	const left = 10 // columns before a bar
	width = min(width, widest)
	var out []string
	for _, way := range protocols {
		periods := of[way.name]
		if len(periods) == 0 {
			continue
		}
		out = append(out, fmt.Sprintf("    %-*s%s", left-4, way.name, bar(width-left, periods)))
		out = append(out, paragraph(width, left, inWords(periods))...)
	}
	return out
}
