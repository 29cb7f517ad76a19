//go:build unix

package pwsh_test

import (
	"bufio"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/fedroute/fedroute/lyncsim/console"
	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
	"github.com/fedroute/fedroute/lyncsim/pwsh/standin"
)

// process is a running program that has reported how it reaches the endpoint. end lets it
// run out and waits for it.
func process(t *testing.T, s site) (endpoint, token string, end func()) {
	t.Helper()
	stdin, client := io.Pipe()
	stdout, program := io.Pipe()
	ended := make(chan int)
	go func() {
		ended <- s.Run(t.Context(), s.seat, console.Invocation{Stdin: stdin, Stdout: program, Stderr: io.Discard})
	}()
	line, err := bufio.NewReader(stdout).ReadString('\n')
	must(t, err)
	_, err = fmt.Sscan(line, &endpoint, &token)
	must(t, err)
	return endpoint, token, func() {
		_, err := client.Write([]byte("\n"))
		must(t, err)
		<-ended
	}
}

const telling = `echo "$LYNCSIM_ENDPOINT $LYNCSIM_TOKEN"; read line`

// TestTokens checks that only a running process may call, and only with its own token.
func TestTokens(t *testing.T) {
	endpoint, token, end := process(t, newSite(t, program(t, telling)))
	first := func(token, cmdlet string) string {
		replies, err := standin.Ask(endpoint, token, cmdlet, nil)
		if err != nil || len(replies) == 0 {
			return fmt.Sprint("nothing ", err)
		}
		return summary(replies[0])
	}
	if got := first(token, "Get-CsSite"); got != "Output" {
		t.Errorf("with its token a process is answered %s", got)
	}
	if got := first(strings.Repeat("A", len(token)), "Get-CsSite"); got != "Terminating AccessDenied" {
		t.Errorf("a made-up token is answered %s", got)
	}
	if got := first(token, "Get-Content"); got != "Terminating CommandNotFoundException" {
		t.Errorf("what is no cmdlet of the module is answered %s", got)
	}
	end()
	if got := first(token, "Get-CsSite"); got != "Terminating AccessDenied" {
		t.Errorf("the token of a process that has ended is answered %s", got)
	}
}

func summary(reply *value.Hashtable) string {
	stream, _ := reply.Get("Stream")
	id, _ := reply.Get("Id")
	return strings.TrimSpace(value.Text(stream) + " " + value.Text(id))
}

// TestBadCalls checks that a malformed call gets an answer that says so, and that the size
// of every read is bounded.
func TestBadCalls(t *testing.T) {
	endpoint, token, end := process(t, newSite(t, program(t, telling)))
	defer end()
	cases := map[string]struct{ reason, sent, want string }{
		"no base64":    {"a call is base64", token + "\nGet-CsSite\n", "Terminating CallNotUnderstood"},
		"no xml":       {"of CLIXML", token + "\nR2V0\n", "Terminating CallNotUnderstood"},
		"no table":     {"that is a table", token + "\n" + encoded(t, "x") + "\n", "Terminating CallNotUnderstood"},
		"no cmdlet":    {"with a cmdlet", token + "\n" + encoded(t, value.NewHashtable().Set("Parameters", value.NewHashtable())) + "\n", "Terminating CallNotUnderstood"},
		"no parameter": {"and parameters", token + "\n" + encoded(t, value.NewHashtable().Set("Cmdlet", "Get-CsSite")) + "\n", "Terminating CallNotUnderstood"},
		"long token":   {"a token is short", strings.Repeat("x", 4000) + "\n", ""},
		"web":          {"a browser gets nowhere", "POST / HTTP/1.1\nHost: localhost\n\n", "Terminating AccessDenied"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if got := send(t, endpoint, tc.sent); got != tc.want {
				t.Errorf("%s: answered %q, want %q", tc.reason, got, tc.want)
			}
		})
	}
}

// TestLongCall checks that a call that does not end is cut off.
func TestLongCall(t *testing.T) {
	endpoint, token, end := process(t, newSite(t, program(t, telling)))
	defer end()
	conn, err := net.Dial("tcp", endpoint)
	must(t, err)
	defer func() { _ = conn.Close() }()
	_, err = io.Copy(conn, io.MultiReader(strings.NewReader(token+"\n"), endless{}))
	if err == nil {
		t.Error("the endpoint reads without end")
	}
}

// endless is a line that never ends.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'A'
	}
	return len(p), nil
}

func encoded(t *testing.T, v any) string {
	t.Helper()
	text, err := dotnet.Serialize(v)
	must(t, err)
	return base64.StdEncoding.EncodeToString([]byte(text))
}

// send returns a summary of the first reply, or "" when the connection ends without one.
func send(t *testing.T, endpoint, text string) string {
	t.Helper()
	conn, err := net.Dial("tcp", endpoint)
	must(t, err)
	defer func() { _ = conn.Close() }()
	_, err = io.WriteString(conn, text)
	must(t, err)
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil {
		return ""
	}
	raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(line))
	must(t, err)
	v, err := dotnet.Deserialize(string(raw))
	must(t, err)
	return summary(v.(*value.Hashtable))
}
