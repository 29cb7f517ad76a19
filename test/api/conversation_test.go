package api_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"k8s.io/client-go/rest"
)

// conversation is what a person asks an API server, and what it answers. Names that a server
// makes up, times and numbers of versions are replaced, so that the conversations with two
// servers can be compared.
type conversation struct {
	*testing.T
	namespace string
	host      string
	client    *http.Client
	said      strings.Builder
	last      map[string]any // the last answer, as it came
	known     map[string]string
	kinds     map[string]int
}

func talk(t *testing.T, config *rest.Config, namespace string) *conversation {
	t.Helper()
	config = rest.CopyConfig(config)
	config.UserAgent = "person"
	client, err := rest.HTTPClientFor(config)
	if err != nil {
		t.Fatal(err)
	}
	c := &conversation{T: t, namespace: namespace, host: strings.TrimSuffix(config.Host, "/"), client: client, known: map[string]string{}, kinds: map[string]int{}}
	c.quietly(func() {
		c.post("/api/v1/namespaces", `{"metadata":{"name":"`+namespace+`"}}`)
	})
	return c
}

// quietly makes requests that the two conversations need not agree on.
func (c *conversation) quietly(ask func()) {
	before := c.said.String()
	ask()
	c.said.Reset()
	c.said.WriteString(before)
}

const (
	routes     = "/apis/fedroute.io/v1alpha1/namespaces/{here}/federationroutes"
	topologies = "/apis/fedroute.io/v1alpha1/namespaces/{here}/lynctopologies"
	secrets    = "/api/v1/namespaces/{here}/secrets"
	leases     = "/apis/coordination.k8s.io/v1/namespaces/{here}/leases"
)

func (c *conversation) post(path, body string) { c.do(http.MethodPost, path, "application/json", body) }
func (c *conversation) put(path, body string)  { c.do(http.MethodPut, path, "application/json", body) }
func (c *conversation) get(path string)        { c.do(http.MethodGet, path, "", "") }
func (c *conversation) merge(path, body string) {
	c.do(http.MethodPatch, path, "application/merge-patch+json", body)
}
func (c *conversation) apply(path, body string) {
	c.do(http.MethodPatch, path, "application/apply-patch+yaml", body)
}
func (c *conversation) delete(path, options string) {
	c.do(http.MethodDelete, path, "application/json", options)
}

// do makes a request and notes the answer.
func (c *conversation) do(method, path, contentType, body string) {
	c.Helper()
	response := c.ask(c.Context(), method, path, contentType, body)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		c.Fatal(err)
	}
	fmt.Fprintf(&c.said, "%s %s: %d\n", method, path, response.StatusCode)
	for _, warning := range response.Header.Values("Warning") {
		fmt.Fprintf(&c.said, "Warning: %s\n", warning)
	}
	c.note(text)
}

func (c *conversation) ask(ctx context.Context, method, path, contentType, body string) *http.Response {
	c.Helper()
	request, err := http.NewRequestWithContext(ctx, method, c.host+strings.ReplaceAll(path, "{here}", c.namespace), bytes.NewBufferString(strings.ReplaceAll(body, "{here}", c.namespace)))
	if err != nil {
		c.Fatal(err)
	}
	if contentType != "" {
		request.Header.Set("Content-Type", contentType)
	}
	request.Header.Set("Accept", "application/json")
	response, err := c.client.Do(request)
	if err != nil {
		c.Fatal(err)
	}
	if response.StatusCode == http.StatusTooManyRequests { // its watch cache of a new kind is not ready yet
		_ = response.Body.Close()
		time.Sleep(time.Second)
		return c.ask(ctx, method, path, contentType, body)
	}
	return response
}

func (c *conversation) note(text []byte) {
	c.Helper()
	c.last = map[string]any{}
	if err := json.Unmarshal(text, &c.last); err != nil {
		fmt.Fprintf(&c.said, "%s\n", text)
		return
	}
	shown, err := json.MarshalIndent(c.plain("", c.last), "", " ")
	if err != nil {
		c.Fatal(err)
	}
	c.said.Write(shown)
	c.said.WriteByte('\n')
}

// meta is a field of the last answer's metadata.
func (c *conversation) meta(field string) string {
	c.Helper()
	metadata, _ := c.last["metadata"].(map[string]any)
	value, _ := metadata[field].(string)
	if value == "" {
		c.Fatalf("the answer has no metadata.%s: %v", field, c.last)
	}
	return value
}

// version finds versions in messages.
var version = regexp.MustCompile(`((?:too old resource version|Too large resource version|current): |ResourceVersion in (?:the precondition|record) \()[0-9]+( \([0-9]+\))?`)

var fromVersion = regexp.MustCompile(`resourceVersion=[0-9]+`)

// plain replaces what differs from server to server.
func (c *conversation) plain(key string, value any) any {
	switch value := value.(type) {
	case map[string]any:
		out := map[string]any{}
		if prefix, _ := value["generateName"].(string); prefix != "" {
			if name, _ := value["name"].(string); len(name) == len(prefix)+5 {
				c.known[name] = prefix + "?????"
			}
		}
		_, list := value["items"]
		bookmark := value["type"] == "BOOKMARK"
		for _, k := range slices.Sorted(maps.Keys(value)) {
			shown := k
			if strings.HasPrefix(k, "k:") {
				shown = c.replace(k)
			}
			out[shown] = c.plain(k, value[k])
			if (list && k == "metadata" || bookmark && k == "object") && out[k] != nil {
				m := out[k].(map[string]any)
				if bookmark {
					m, _ = m["metadata"].(map[string]any)
				}
				if m["resourceVersion"] != nil {
					m["resourceVersion"] = "one of a list"
				}
			}
		}
		return out
	case []any:
		out := make([]any, len(value))
		for i := range value {
			out[i] = c.plain(key, value[i])
		}
		if key == "managedFields" {
			// A server sorts these by their times first, which are whole seconds of its clock.
			slices.SortFunc(out, func(a, b any) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
		}
		return out
	case string:
		switch key {
		case "creationTimestamp", "deletionTimestamp", "time":
			return "a time"
		case "uid", "resourceVersion":
			return c.label(key, value)
		}
		if key == "message" {
			value = version.ReplaceAllString(value, "${1}N")
		}
		return c.replace(value)
	default:
		return value
	}
}

// replace puts labels in place of the names and uids in a text.
func (c *conversation) replace(text string) string {
	for from, to := range c.known {
		if len(from) > 12 {
			text = strings.ReplaceAll(text, from, to)
		}
	}
	return text
}

// label numbers the values that a server made up, in the order in which they show.
func (c *conversation) label(key, value string) string {
	if c.known[value] == "" {
		c.kinds[key]++
		c.known[value] = fmt.Sprintf("%s %d", key, c.kinds[key])
	}
	return c.known[value]
}

// watch notes events of a watch until one concerns an object of that name.
func (c *conversation) watch(path, until string) {
	c.Helper()
	c.follow(path)(until)
}

// follow opens a watch and gives a function that notes its events.
func (c *conversation) follow(path string) func(until string) {
	c.Helper()
	ctx, cancel := context.WithTimeout(c.Context(), 20*time.Second)
	response := c.ask(ctx, http.MethodGet, path, "", "")
	return func(until string) {
		c.Helper()
		defer cancel()
		defer response.Body.Close()
		fmt.Fprintf(&c.said, "WATCH %s: %d\n", fromVersion.ReplaceAllString(path, "resourceVersion=N"), response.StatusCode)
		lines := bufio.NewScanner(response.Body)
		lines.Buffer(nil, 4<<20)
		for lines.Scan() {
			c.note(lines.Bytes())
			object, _ := c.last["object"].(map[string]any)
			metadata, _ := object["metadata"].(map[string]any)
			if c.last["type"] == until || metadata["name"] == until || object["reason"] == until {
				return
			}
		}
		fmt.Fprintf(&c.said, "the watch ended (%v)\n", lines.Err())
	}
}

// deleting waits until somebody has asked for the object's deletion.
func (c *conversation) deleting(path string) {
	c.Helper()
	c.quietly(func() {
		for range 400 {
			c.get(path)
			if metadata, _ := c.last["metadata"].(map[string]any); metadata["deletionTimestamp"] != nil {
				return
			}
			time.Sleep(50 * time.Millisecond)
		}
		c.Fatalf("%s is never deleted", path)
	})
}

// settle asks until the answer has that code.
func (c *conversation) settle(path string, code int) {
	c.Helper()
	for range 400 {
		response := c.ask(c.Context(), http.MethodGet, path, "", "")
		_, _ = io.Copy(io.Discard, response.Body)
		_ = response.Body.Close()
		if response.StatusCode == code {
			fmt.Fprintf(&c.said, "%s comes to answer %d\n", path, code)
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	fmt.Fprintf(&c.said, "%s never answers %d\n", path, code)
}
