package winrm_test

import (
	"strings"
	"testing"
	"time"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/remote"
	"github.com/fedroute/fedroute/internal/winrm"
)

// fragile is a Meter that panics in the goroutine that receives output.
type fragile struct{ counter }

func (*fragile) Stray(int) { panic("swordfish") }

func TestAPanicInTheReceiverEndsTheWorkerOnly(t *testing.T) {
	h := newHost(t, powershell(func(p *process, _ string, r request) frame {
		p.print("WARNING: a module talks\r\n")
		return frame{"id": r.ID, "cached": true, "result": []any{1}}
	}))
	w := h.dial(t, winrm.Options{Meter: &fragile{}})
	_, err := w.Call(t.Context(), remote.Request{Name: "x", Script: "1"})
	if !fault.Is(err, fault.OutcomeUnknown) || strings.Contains(fault.Sentence(err), "swordfish") {
		t.Errorf("the call got %s: %v", fault.KindOf(err), err)
	}
	select {
	case <-w.Done():
	case <-time.After(5 * time.Second):
		t.Fatal("the worker lives on and hears nothing")
	}
	if !fault.Is(w.Err(), fault.Internal) {
		t.Errorf("the worker ended with %v", w.Err())
	}
}

func TestKerberosSettingsThatTheLibraryPanicsOn(t *testing.T) {
	h := newHost(t, echo)
	c := kerberos("127.0.0.1:1")
	c.Kerberos.Krb5Conf = "[libdefaults]\n default_realm = CONTOSO.COM\n[realms]\nCONTOSO.COM = { kdc = dc1 }\n"
	_, err := winrm.Dial(t.Context(), h.endpoint(), c, winrm.Options{})
	if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "line 4 of krb5.conf cannot be used") {
		t.Errorf("got %s: %v", fault.KindOf(err), err)
	}
}
