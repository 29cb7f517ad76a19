//go:build interop

package clients_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/masterzen/winrm"
)

// masterzen is the library's own client, used as its users use it.
type masterzen struct{}

func newMasterzen(*testing.T) client { return masterzen{} }

func (masterzen) ask(s signIn, asks ...question) ([]answer, error) {
	c, err := s.masterzen()
	if err != nil {
		return nil, err
	}
	var got []answer
	for _, q := range asks {
		a, err := run(c, q)
		if err != nil {
			return nil, err
		}
		got = append(got, a)
	}
	return got, nil
}

func run(c *winrm.Client, q question) (answer, error) {
	ctx := context.Background()
	if q.Deadline > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, q.Deadline)
		defer cancel()
	}
	var out, errs bytes.Buffer
	var code int
	var err error
	if q.Stdin == "" {
		code, err = c.RunWithContext(ctx, q.Line, &out, &errs)
	} else {
		code, err = c.RunWithContextWithInput(ctx, q.Line, &out, &errs, strings.NewReader(q.Stdin))
	}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return answer{GaveUp: true}, nil
	}
	return answer{Out: out.String(), Err: errs.String(), Code: code}, err
}

// masterzen returns a client of the library with the sign-in.
func (s signIn) masterzen() (*winrm.Client, error) {
	ca, err := os.ReadFile(s.CA)
	if err != nil {
		return nil, err
	}
	port, err := strconv.Atoi(s.Port)
	if err != nil {
		return nil, err
	}
	e := winrm.NewEndpoint(s.Host, port, true, false, ca, nil, nil, 20*time.Second)
	p := *winrm.DefaultParameters
	if s.OperationTimeout > 0 {
		p.Timeout = fmt.Sprintf("PT%dS", s.OperationTimeout)
	}
	switch s.Method {
	case "NTLM":
		p.TransportDecorator = func() winrm.Transporter { return &winrm.ClientNTLM{} }
	case "Kerberos":
		user, realm, _ := strings.Cut(s.User, "@")
		p.TransportDecorator = func() winrm.Transporter {
			return winrm.NewClientKerberos(&winrm.Settings{WinRMUsername: user, WinRMPassword: s.Password, WinRMHost: s.Host,
				WinRMPort: port, WinRMProto: "https", KrbRealm: realm, KrbConfig: s.Krb5Conf, KrbSpn: "HTTP/" + s.Machine.Machine})
		}
	case "Certificate":
		if e.Cert, err = os.ReadFile(s.Cert); err != nil {
			return nil, err
		}
		if e.Key, err = os.ReadFile(s.Key); err != nil {
			return nil, err
		}
		p.TransportDecorator = func() winrm.Transporter { return &winrm.ClientAuthRequest{} }
	}
	return winrm.NewClientWithParameters(e, s.User, s.Password, &p)
}
