package psrp

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// raw makes a fragment with any ids and flags.
func raw(object, number, flags byte, piece string) []byte {
	f := split(uint64(object), []byte(piece), 1<<20)[0]
	f[15], f[16] = number, flags
	return f
}

func TestAssembler(t *testing.T) {
	long := strings.Repeat("a long message ", 20)
	negative := raw(1, 0, 3, "a")
	negative[17] = 0xff
	for _, c := range []struct {
		reason    string
		fragments [][]byte
		want      []string
		refused   bool
	}{
		{"what split cuts", split(7, []byte(long), fragmentHeader+9), []string{long}, false},
		{"the first fragment is number 5", [][]byte{raw(1, 5, 1, "a"), raw(1, 6, 2, "b")}, []string{"ab"}, false},
		{"object ids fall and come again", [][]byte{raw(9, 0, 3, "a"), raw(2, 0, 3, "b"), raw(2, 0, 3, "c")}, []string{"a", "b", "c"}, false},
		{"a start takes the place of what was open", [][]byte{raw(1, 0, 1, "a"), raw(2, 0, 3, "b")}, []string{"b"}, false},
		{"flags that are not defined", [][]byte{raw(1, 0, 0xff, "a")}, []string{"a"}, false},
		{"a piece without octets is ignored", [][]byte{raw(1, 0, 3, ""), raw(1, 0, 3, "a")}, []string{"a"}, false},
		{"object id 0", [][]byte{raw(0, 0, 3, "a"), raw(1, 0, 3, "b")}, []string{"b"}, true},
		{"an end without a start", [][]byte{raw(1, 0, 2, "a"), raw(1, 0, 3, "b")}, []string{"b"}, true},
		{"a gap", [][]byte{raw(1, 0, 1, "a"), raw(1, 2, 2, "b"), raw(3, 0, 3, "c")}, []string{"c"}, true},
		{"a length that is negative", [][]byte{negative}, nil, true},
	} {
		for _, step := range []int{1, 20, 1000} { // octets that arrive together
			a := &assembler{}
			var got []string
			refused := false
			for stream := bytes.Join(c.fragments, nil); len(stream) > 0; {
				n := min(step, len(stream))
				messages, err := a.take(stream[:n])
				refused = refused || err != nil
				for _, m := range messages {
					got = append(got, string(m))
				}
				stream = stream[n:]
			}
			if diff := cmp.Diff(c.want, got); diff != "" || refused != c.refused {
				t.Errorf("%s, %d at once: refused %t (-want +got):\n%s", c.reason, step, refused, diff)
			}
		}
	}
}

func FuzzAssembler(f *testing.F) {
	f.Add(bytes.Join(split(1, []byte("a message"), fragmentHeader+4), nil), 3)
	f.Add(raw(1, 5, 0xff, "x"), 1)
	f.Add(append(raw(0, 0, 3, "x"), raw(1, 0, 3, "y")...), 7)
	f.Fuzz(func(t *testing.T, stream []byte, step int) {
		want, _ := (&assembler{}).take(stream)
		a := &assembler{}
		var got [][]byte
		for step = max(step, 1); len(stream) > 0; {
			n := min(step, len(stream))
			messages, _ := a.take(stream[:n])
			got, stream = append(got, messages...), stream[n:]
		}
		if len(got) < len(want) || cmp.Diff(want, got[:len(want)]) != "" {
			t.Errorf("at once %q, in pieces %q", want, got)
		}
	})
}
