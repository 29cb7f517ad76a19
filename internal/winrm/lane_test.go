package winrm_test

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/fedroute/fedroute/internal/remote"
	"github.com/fedroute/fedroute/internal/winrm"
)

// asking is an envelope that asks for the action.
func asking(action string) string {
	return `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing"><s:Header><a:Action>x/` + action + `</a:Action></s:Header><s:Body/></s:Envelope>`
}

// TestALaneCarriesOneRequestAtATime: a session is closed while one of its pipelines is still being
// ended, and both use the first lane. The connection is signed in once, and each request waits for
// the answer to the one before. Whoever runs out of time meanwhile has sent nothing.
func TestALaneCarriesOneRequestAtATime(t *testing.T) {
	h := newHost(t, echo)
	h.signIn = ntlmSignIn(func() bool { return true })
	var inside, most, answered atomic.Int32
	entered, leave := make(chan struct{}, 10), make(chan struct{})
	h.interfere(func(w http.ResponseWriter, action string) bool {
		now := inside.Add(1)
		if now > most.Load() {
			most.Store(now)
		}
		entered <- struct{}{}
		<-leave
		inside.Add(-1)
		answered.Add(1)
		envelope(w, action, "")
		return true
	})
	c, err := winrm.Connect(h.endpoint(), credentials(remote.NTLM), winrm.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	var all sync.WaitGroup
	for i := range 3 {
		all.Go(func() {
			if _, err := c.Exchange(t.Context(), asking(fmt.Sprint("Signal", i))); err != nil {
				t.Error(err)
			}
		})
	}
	<-entered
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := c.Exchange(ctx, asking("Delete")); !winrm.Unseen(err) {
		t.Errorf("no turn came in time, and it says %v", err)
	}
	close(leave)
	all.Wait()
	if most.Load() != 1 || answered.Load() != 3 {
		t.Errorf("up to %d requests at once on the lane, %d were answered", most.Load(), answered.Load())
	}
}
