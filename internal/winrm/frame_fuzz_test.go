package winrm

import (
	"encoding/base64"
	"strings"
	"testing"
)

// FuzzFrames: whatever a process prints in place of the worker's replies, reading it does not
// panic, gives no reply without the tag, and keeps no more than the limit.
func FuzzFrames(f *testing.F) {
	const mark = tag("fedroute-X:")
	line := func(payload string) string {
		return string(mark) + base64.StdEncoding.EncodeToString([]byte(payload)) + "\n"
	}
	for _, seed := range []string{
		line(`{"ready":true,"version":"5.1","mode":"FullLanguage","host":"FE1"}`), line(`{"id":1,"cached":true,"result":[{}]}`),
		line(`{"id":1,"error":{"id":"a","message":"b","line":3}}`), "printed before " + line(`{"id":2}`) + "and after\r\n", string(mark) + "%%%\n", line("{"), "#< CLIXML\n<Objs/>",
	} {
		f.Add(seed, 7)
	}
	f.Fuzz(func(t *testing.T, text string, cut int) {
		p := &printed{tag: mark, limit: 1000}
		cut = min(max(cut, 0), len(text))
		for _, piece := range []string{text[:cut], text[cut:]} {
			replies, err := p.take(output{stdout: []byte(piece), stderr: []byte(piece)})
			if err != nil {
				return
			}
			if len(replies) > 0 && !strings.Contains(text, string(mark)) {
				t.Errorf("%d replies without the tag", len(replies))
			}
			if int64(len(p.rest)) > p.limit || len(p.stderr) > diagnosisLimit {
				t.Errorf("%d and %d bytes are kept", len(p.rest), len(p.stderr))
			}
			newTalk(Options{}.withDefaults().Meter).deliver(replies[:min(1, len(replies))], 0)
		}
		_ = diagnosis(p.stderr)
	})
}
