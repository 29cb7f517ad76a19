package api_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/fedroute/fedroute/test/support/apistore"
)

// asJSON is a good object of that name in the namespace of a conversation.
func asJSON(t *testing.T, text, name string) string {
	t.Helper()
	var o map[string]any
	if err := yaml.Unmarshal([]byte(text), &o); err != nil {
		t.Fatal(err)
	}
	metadata := map[string]any{}
	if prefix, generated := strings.CutSuffix(name, "*"); generated {
		metadata["generateName"] = prefix
	} else if name != "" {
		metadata["name"] = name
	}
	o["metadata"] = metadata
	out, err := yaml.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	j, err := yaml.YAMLToJSON(out)
	if err != nil {
		t.Fatal(err)
	}
	return string(j)
}

func (c *conversation) route(name string) string    { return asJSON(c.T, goodRoute, name) }
func (c *conversation) topology(name string) string { return asJSON(c.T, goodTopology, name) }

// with adds fields to the metadata of a JSON object.
func with(metadata, object string) string {
	return strings.Replace(object, `"metadata":{`, `"metadata":{`+metadata+`,`, 1)
}

const secret = `{"apiVersion":"v1","kind":"Secret","metadata":{"name":"a"},"data":{"k":"dg=="}}`

const lease = `{"apiVersion":"coordination.k8s.io/v1","kind":"Lease","metadata":{"name":"a"},"spec":{"holderIdentity":"one","leaseDurationSeconds":15,"leaseTransitions":0,"acquireTime":"2026-03-14T22:00:00.000000Z","renewTime":"2026-03-14T22:00:00.000000Z"}}`

const background = `{"kind":"DeleteOptions","apiVersion":"v1","propagationPolicy":"Background"}`

// collectorKnows waits until the cluster's garbage collector has seen the Secrets that were
// made so far: it deletes one that was made after them, whose owner never was.
func (c *conversation) collectorKnows() {
	c.quietly(func() {
		c.post(secrets, with(`"ownerReferences":[{"apiVersion":"fedroute.io/v1alpha1","kind":"FederationRoute","name":"nobody","uid":"0d1b4a5e-0000-4000-8000-000000000000"}]`, strings.Replace(secret, `"a"`, `"of-nobody"`, 1)))
		c.settle(secrets+"/of-nobody", http.StatusNotFound)
	})
}

// conversations are held with a real API server and with the one in memory.
var conversations = map[string]struct {
	reason string
	hold   func(*conversation)
}{
	"defaults": {"a controller reads what a person left out", func(c *conversation) {
		c.post(routes, c.route("a"))
		c.post(topologies, c.topology("a"))
	}},
	"a field of nobody is dropped with a warning": {"unknown fields are pruned", func(c *conversation) {
		c.post(routes+"?fieldValidation=Warn", strings.Replace(c.route("a"), `"spec":{`, `"spec":{"edgePol":"x",`, 1))
		c.get(routes + "/a")
	}},
	"a field of nobody is refused": {"kubectl asks for it", func(c *conversation) {
		c.post(routes+"?fieldValidation=Strict", strings.Replace(c.route("a"), `"spec":{`, `"spec":{"edgePol":"x",`, 1))
		c.get(routes + "/a")
	}},
	"a field of nobody is ignored": {"client-go asks for it", func(c *conversation) {
		c.post(routes+"?fieldValidation=Ignore", strings.Replace(c.route("a"), `"spec":{`, `"spec":{"edgePol":"x",`, 1))
	}},
	"a field twice": {"JSON allows it and a person did not mean it", func(c *conversation) {
		c.post(routes+"?fieldValidation=Strict", strings.Replace(c.route("a"), `"spec":{`, `"spec":{"mode":"Approve","mode":"Enforce",`, 1))
	}},
	"a wrong type": {"a number is no name", func(c *conversation) {
		c.post(routes, strings.Replace(c.route("a"), `"edge1.contoso.com"`, `7`, 1))
	}},
	"no JSON":      {"a broken body", func(c *conversation) { c.post(routes, `{"apiVersion":`) }},
	"another kind": {"a topology is no route", func(c *conversation) { c.post(routes, c.topology("a")) }},
	"another namespace": {"path and object differ", func(c *conversation) {
		c.post(routes, with(`"namespace":"elsewhere"`, c.route("a")))
	}},
	"no name":    {"an object has a name", func(c *conversation) { c.post(routes, c.route("")) }},
	"a bad name": {"names are those of DNS", func(c *conversation) { c.post(routes, c.route("A_b")) }},
	"a generated name": {"events have such names", func(c *conversation) {
		c.post(routes, c.route("of-a-person-*"))
		c.post(secrets, strings.Replace(secret, `"name":"a"`, `"generateName":"of-a-person-"`, 1))
	}},
	"twice": {"the second one is told", func(c *conversation) {
		c.post(routes, c.route("a"))
		c.post(routes, c.route("a"))
		c.post(secrets, secret)
		c.post(secrets, secret)
		c.post(leases, lease)
		c.post(leases, lease)
	}},
	"nothing there": {"each verb tells", func(c *conversation) {
		c.get(routes + "/a")
		c.put(routes+"/a", with(`"resourceVersion":"1"`, c.route("a")))
		c.merge(routes+"/a", `{"spec":{"suspend":true}}`)
		c.merge(routes+"/a/status", `{"status":{"observedGeneration":1}}`)
		c.delete(routes+"/a", background)
		c.get(secrets + "/a")
		c.delete(secrets+"/a", background)
		c.get(leases + "/a")
	}},
	"a namespace that is not there": {"it is made first", func(c *conversation) {
		c.post("/apis/fedroute.io/v1alpha1/namespaces/nowhere/federationroutes", c.route("a"))
		c.post("/api/v1/namespaces/nowhere/secrets", secret)
		c.get("/apis/fedroute.io/v1alpha1/namespaces/nowhere/federationroutes")
	}},
	"a kind that is not there": {"the path is wrong", func(c *conversation) {
		c.get("/apis/fedroute.io/v1alpha1/namespaces/{here}/directors")
		c.get("/apis/fedroute.io/v1/namespaces/{here}/federationroutes")
	}},
	"a resourceVersion on create": {"it is the server's", func(c *conversation) {
		c.post(routes, with(`"resourceVersion":"7"`, c.route("a")))
	}},
	"status on create": {"a person cannot pretend", func(c *conversation) {
		c.post(routes, strings.Replace(c.route("a"), `"spec":`, `"status":{"observedGeneration":7},"spec":`, 1))
	}},
	"system fields on create": {"a person cannot choose a uid", func(c *conversation) {
		c.post(routes, with(`"uid":"mine","generation":7,"creationTimestamp":"2001-01-01T00:00:00Z"`, c.route("a")))
	}},
	"spec moves the generation": {"controllers compare with it", func(c *conversation) {
		c.post(routes, c.route("a"))
		c.merge(routes+"/a", `{"spec":{"suspend":true}}`)
		c.merge(routes+"/a", `{"spec":{"suspend":false}}`)
	}},
	"labels and annotations do not": {"they are no wish", func(c *conversation) {
		c.post(routes, c.route("a"))
		c.merge(routes+"/a", `{"metadata":{"labels":{"l":"1"},"annotations":{"a":"1"}}}`)
	}},
	"status does not, and leaves the rest": {"a controller writes status only", func(c *conversation) {
		c.post(routes, c.route("a"))
		c.merge(routes+"/a/status", `{"spec":{"suspend":true},"metadata":{"labels":{"l":"1"},"annotations":{"a":"1"}},"status":{"observedGeneration":1}}`)
		c.get(routes + "/a")
	}},
	"the object leaves status": {"a person writes spec only", func(c *conversation) {
		c.post(routes, c.route("a"))
		c.merge(routes+"/a/status", `{"status":{"observedGeneration":1}}`)
		c.merge(routes+"/a", `{"status":{"observedGeneration":7},"spec":{"suspend":true}}`)
		c.get(routes + "/a/status")
	}},
	"a bad status": {"a controller is checked, too", func(c *conversation) {
		c.post(routes, c.route("a"))
		c.merge(routes+"/a/status", `{"status":{"conditions":[{"type":"Ready"}]}}`)
	}},
	"nothing new": {"a write without a change is none", func(c *conversation) {
		c.post(routes, c.route("a"))
		c.merge(routes+"/a", `{"spec":{"edgePool":"edge1.contoso.com"}}`)
		c.merge(routes+"/a/status", `{"status":{}}`)
		c.get(routes + "/a")
		c.post(secrets, secret)
		c.merge(secrets+"/a", `{"data":{"k":"dg=="}}`)
	}},
	"the same status again": {"a controller that writes what is there wakes nobody", func(c *conversation) {
		c.post(routes, c.route("a"))
		c.merge(routes+"/a/status", `{"status":{"observedGeneration":1}}`)
		c.merge(routes+"/a/status", `{"status":{"observedGeneration":1}}`)
	}},
	"a patch of an old version": {"somebody was faster", func(c *conversation) {
		c.post(routes, c.route("a"))
		old := c.meta("resourceVersion")
		c.merge(routes+"/a", `{"spec":{"suspend":true}}`)
		c.merge(routes+"/a", `{"metadata":{"resourceVersion":"`+old+`"},"spec":{"suspend":false}}`)
		c.merge(routes+"/a/status", `{"metadata":{"resourceVersion":"`+old+`"},"status":{"observedGeneration":1}}`)
	}},
	"an update of an old version": {"somebody was faster", func(c *conversation) {
		c.post(routes, c.route("a"))
		old := with(`"resourceVersion":"`+c.meta("resourceVersion")+`"`, c.route("a"))
		c.put(routes+"/a", strings.Replace(old, `"spec":{`, `"spec":{"suspend":true,`, 1))
		c.put(routes+"/a", strings.Replace(old, `"spec":{`, `"spec":{"mode":"Approve",`, 1))
		c.put(routes+"/a/status", old)
	}},
	"an update of no version": {"which one is meant", func(c *conversation) {
		c.post(routes, c.route("a"))
		c.put(routes+"/a", c.route("a"))
	}},
	"an update of somebody else's uid": {"the object was made anew", func(c *conversation) {
		c.post(routes, c.route("a"))
		version := c.meta("resourceVersion")
		c.put(routes+"/a", with(`"uid":"0d1b4a5e-0000-4000-8000-000000000000","resourceVersion":"`+version+`"`, c.route("a")))
		c.merge(routes+"/a", `{"metadata":{"uid":"0d1b4a5e-0000-4000-8000-000000000000"}}`)
	}},
	"an update that breaks a rule": {"rules hold for edits, too", func(c *conversation) {
		c.post(routes, c.route("a"))
		c.merge(routes+"/a", `{"spec":{"interval":"1s"}}`)
		c.get(routes + "/a")
	}},
	"a patch by operations": {"a ledger tests before it writes", func(c *conversation) {
		const operations = "application/json-patch+json"
		c.post(topologies, c.topology("a"))
		c.do(http.MethodPatch, topologies+"/a/status", operations, `[{"op":"add","path":"/status","value":{"observedGeneration":1}}]`)
		c.do(http.MethodPatch, topologies+"/a/status", operations, `[{"op":"test","path":"/status/observedGeneration","value":1},{"op":"replace","path":"/status/observedGeneration","value":2}]`)
		c.do(http.MethodPatch, topologies+"/a/status", operations, `[{"op":"test","path":"/status/observedGeneration","value":1},{"op":"replace","path":"/status/observedGeneration","value":3}]`)
		c.do(http.MethodPatch, topologies+"/a/status", operations, `[{"op":"remove","path":"/status/nothing"}]`)
		c.get(topologies + "/a")
	}},
	"a patch of a kind that custom resources have not": {"lists have no merge keys here", func(c *conversation) {
		c.post(routes, c.route("a"))
		c.do(http.MethodPatch, routes+"/a", "application/strategic-merge-patch+json", `{"spec":{"suspend":true}}`)
	}},
	"finalizers have owners": {"the controller applies its own, and takes it away", func(c *conversation) {
		const empty = `{"apiVersion":"fedroute.io/v1alpha1","kind":"FederationRoute","metadata":{"name":"a"`
		c.post(routes, with(`"finalizers":["example.com/backup"]`, c.route("a")))
		c.apply(routes+"/a?fieldManager=finalizer&force=true", empty+`,"finalizers":["fedroute.io/run"]}}`)
		c.apply(routes+"/a?fieldManager=finalizer&force=true", empty+`,"finalizers":["fedroute.io/run"]}}`)
		c.apply(routes+"/a?fieldManager=finalizer&force=true", empty+`}}`)
	}},
	"two apply the same field": {"a GitOps tool and a person", func(c *conversation) {
		suspended := func(s string) string {
			return `{"apiVersion":"fedroute.io/v1alpha1","kind":"FederationRoute","metadata":{"name":"a"},"spec":{"suspend":` + s + `}}`
		}
		c.post(routes, c.route("a"))
		c.apply(routes+"/a?fieldManager=flux", suspended("true"))
		c.apply(routes+"/a?fieldManager=person", suspended("false"))
		c.apply(routes+"/a?fieldManager=person&force=true", suspended("false"))
	}},
	"applied where nothing is": {"apply makes what is missing", func(c *conversation) {
		c.apply(routes+"/a?fieldManager=flux", c.route("a"))
		c.apply(secrets+"/a?fieldManager=flux", secret)
	}},
	"applied with a uid where nothing is": {"an owner of finalizers must not bring an object back", func(c *conversation) {
		c.apply(routes+"/a?fieldManager=finalizer&force=true", `{"apiVersion":"fedroute.io/v1alpha1","kind":"FederationRoute","metadata":{"name":"a","uid":"0d1b4a5e-0000-4000-8000-000000000000","finalizers":["fedroute.io/run"]}}`)
	}},
	"deleted": {"it is gone at once", func(c *conversation) {
		c.post(routes, c.route("a"))
		c.delete(routes+"/a", background)
		c.get(routes + "/a")
		c.post(secrets, secret)
		c.delete(secrets+"/a", background)
		c.post(leases, lease)
		c.delete(leases+"/a", "")
	}},
	"deleted with a finalizer": {"it stays until the finalizer is taken away", func(c *conversation) {
		c.post(routes, with(`"finalizers":["fedroute.io/run"]`, c.route("a")))
		c.delete(routes+"/a", background)
		c.delete(routes+"/a", background)
		c.merge(routes+"/a", `{"spec":{"suspend":true}}`)
		c.merge(routes+"/a", `{"metadata":{"finalizers":["fedroute.io/run","example.com/another"]}}`)
		c.merge(routes+"/a", `{"metadata":{"finalizers":[]}}`)
		c.get(routes + "/a")
	}},
	"deleted on conditions": {"the one that is meant", func(c *conversation) {
		c.post(routes, c.route("a"))
		version := c.meta("resourceVersion")
		c.delete(routes+"/a", `{"preconditions":{"uid":"0d1b4a5e-0000-4000-8000-000000000000"}}`)
		c.merge(routes+"/a", `{"spec":{"suspend":true}}`)
		uid := c.meta("uid")
		c.delete(routes+"/a", `{"preconditions":{"resourceVersion":"`+version+`"}}`)
		c.delete(routes+"/a", `{"preconditions":{"uid":"`+uid+`"}}`)
	}},
	"deleted on conditions, with a finalizer": {"the one that is meant", func(c *conversation) {
		c.post(routes, with(`"finalizers":["fedroute.io/run"]`, c.route("a")))
		c.delete(routes+"/a", `{"preconditions":{"uid":"0d1b4a5e-0000-4000-8000-000000000000"}}`)
		c.delete("/api/v1/namespaces/{here}", `{"preconditions":{"uid":"0d1b4a5e-0000-4000-8000-000000000000"}}`)
		c.get(routes + "/a")
	}},
	"deleted together": {"a person deletes all of a label", func(c *conversation) {
		c.post(routes, with(`"labels":{"l":"1"}`, c.route("a")))
		c.post(routes, with(`"labels":{"l":"2"}`, c.route("b")))
		c.delete(routes+"?labelSelector=l%3D1", "")
		c.get(routes)
	}},
	"deleted as a rehearsal": {"nothing happens", func(c *conversation) {
		c.post(routes+"?dryRun=All", c.route("a"))
		c.get(routes + "/a")
		c.post(routes, c.route("a"))
		c.do(http.MethodPatch, routes+"/a?dryRun=All", "application/merge-patch+json", `{"spec":{"suspend":true}}`)
		c.delete(routes+"/a?dryRun=All", background)
		c.get(routes + "/a")
	}},
	"lists": {"in the order of names", func(c *conversation) {
		c.get(routes)
		for _, name := range []string{"b", "a", "c"} {
			c.post(routes, c.route(name))
		}
		c.get(routes)
		c.get(routes + "?resourceVersion=0")
		c.get(routes + "?fieldSelector=metadata.name%3Db")
		c.get(routes + "?fieldSelector=spec.mode%3DEnforce")
	}},
	"lists of labels": {"a manager sees a part", func(c *conversation) {
		c.post(routes, with(`"labels":{"l":"1"}`, c.route("a")))
		c.post(routes, with(`"labels":{"l":"2"}`, c.route("b")))
		c.post(routes, c.route("c"))
		c.get(routes + "?labelSelector=l%3D1")
		c.get(routes + "?labelSelector=!l")
		c.get(routes + "?labelSelector=l+in+(2,3)")
		c.get(routes + "?labelSelector=%3D%3D")
	}},
	"a version that is yet to come": {"a reader waits or is told", func(c *conversation) {
		c.post(routes, c.route("a"))
		c.get(routes + "?resourceVersion=99999999999&resourceVersionMatch=Exact")
		c.get(routes + "?resourceVersion=seven")
		c.get(routes + "?resourceVersionMatch=Exact")
	}},
	"a watch from a version": {"every change after it, in order", func(c *conversation) {
		c.post(routes, c.route("a"))
		from := c.meta("resourceVersion")
		c.merge(routes+"/a", `{"spec":{"suspend":true}}`)
		c.merge(routes+"/a/status", `{"status":{"observedGeneration":2}}`)
		c.merge(routes+"/a", `{"spec":{"suspend":true}}`) // changes nothing, so nobody is told
		c.delete(routes+"/a", background)
		c.post(routes, c.route("end"))
		c.watch(routes+"?watch=1&resourceVersion="+from, "end")
	}},
	"a watch while things happen": {"each change is told", func(c *conversation) {
		c.post(secrets, secret)
		note := c.follow(secrets + "?watch=1&resourceVersion=" + c.meta("resourceVersion"))
		c.merge(secrets+"/a", `{"data":{"k":"dw=="}}`)
		c.delete(secrets+"/a", background)
		c.post(secrets, strings.Replace(secret, `"a"`, `"end"`, 1))
		note("end")
	}},
	"a watch from nowhere": {"what is there comes first", func(c *conversation) {
		c.post(routes, c.route("a"))
		c.post(routes, c.route("b"))
		note := c.follow(routes + "?watch=1")
		c.post(routes, c.route("end"))
		note("end")
	}},
	"a watch from any version": {"what is there comes first", func(c *conversation) {
		c.post(leases, lease)
		note := c.follow(leases + "?watch=1&resourceVersion=0")
		note("a")
	}},
	"a watch from a version that is too old": {"the reader lists again", func(c *conversation) {
		c.watch(routes+"?watch=1&resourceVersion=1", "Expired")
	}},
	"a watch of a label": {"what comes to have it is added, what loses it is deleted", func(c *conversation) {
		c.post(routes, with(`"labels":{"l":"1"}`, c.route("a")))
		note := c.follow(routes + "?watch=1&labelSelector=l%3D1&resourceVersion=" + c.meta("resourceVersion"))
		c.post(routes, c.route("b"))
		c.merge(routes+"/a", `{"spec":{"suspend":true}}`)
		c.merge(routes+"/a", `{"metadata":{"labels":{"l":"2"}}}`)
		c.merge(routes+"/a", `{"metadata":{"labels":{"l":"1"}}}`)
		c.merge(routes+"/b", `{"metadata":{"labels":{"l":"1"}}}`)
		c.delete(routes+"/a", background)
		c.post(routes, with(`"labels":{"l":"1"}`, c.route("end")))
		note("end")
	}},
	"a watch of one object": {"kubectl wait does it", func(c *conversation) {
		c.post(routes, c.route("a"))
		note := c.follow(routes + "?watch=1&fieldSelector=metadata.name%3Da&resourceVersion=" + c.meta("resourceVersion"))
		c.post(routes, c.route("b"))
		c.merge(routes+"/a", `{"metadata":{"labels":{"l":"2"}}}`)
		note("a")
	}},
	"a list by a watch": {"a cache begins so: what is there, a bookmark, then changes", func(c *conversation) {
		c.post(routes, c.route("a"))
		c.post(routes, c.route("b"))
		note := c.follow(routes + "?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true")
		note("BOOKMARK")
	}},
	"a list by a watch without bookmarks": {"nobody could tell its end", func(c *conversation) {
		c.get(routes + "?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&timeoutSeconds=1")
		c.get(routes + "?watch=1&sendInitialEvents=true&timeoutSeconds=1")
	}},
	"a finalizer in a watch": {"a deletion shows twice: asked for, and done", func(c *conversation) {
		c.post(routes, with(`"finalizers":["fedroute.io/run"]`, c.route("a")))
		note := c.follow(routes + "?watch=1&resourceVersion=" + c.meta("resourceVersion"))
		c.delete(routes+"/a", background)
		c.merge(routes+"/a", `{"metadata":{"finalizers":null}}`)
		c.post(routes, c.route("end"))
		note("end")
	}},
	"secrets": {"a person writes text", func(c *conversation) {
		c.post(secrets, `{"apiVersion":"v1","kind":"Secret","metadata":{"name":"a"},"stringData":{"username":"CONTOSO\\reader"}}`)
		c.merge(secrets+"/a", `{"stringData":{"password":"x"}}`)
		c.do(http.MethodPatch, secrets+"/a", "application/strategic-merge-patch+json", `{"data":{"username":null}}`)
		c.get(secrets)
	}},
	"leases": {"a replica takes the lease only from the version that it read", func(c *conversation) {
		c.post(leases, lease)
		read := with(`"resourceVersion":"`+c.meta("resourceVersion")+`"`, lease)
		c.put(leases+"/a", strings.Replace(read, "one", "two", 1))
		c.put(leases+"/a", strings.Replace(read, "one", "three", 1))
	}},
	"events": {"they are counted in series", func(c *conversation) {
		const events = "/apis/events.k8s.io/v1/namespaces/{here}/events"
		c.post(events, `{"apiVersion":"events.k8s.io/v1","kind":"Event","metadata":{"name":"a","namespace":"{here}"},"eventTime":"2026-03-14T22:00:00.000000Z","reportingController":"fedroute","reportingInstance":"fedroute-0","action":"Observe","reason":"Observed","type":"Normal","note":"n","regarding":{"kind":"LyncTopology","namespace":"{here}","name":"contoso"}}`)
		c.do(http.MethodPatch, events+"/a", "application/strategic-merge-patch+json", `{"series":{"count":2,"lastObservedTime":"2026-03-14T22:01:00.000000Z"}}`)
	}},
	"a namespace": {"it is there, and nothing is in it", func(c *conversation) {
		c.get("/api/v1/namespaces/{here}")
		c.post("/api/v1/namespaces", `{"metadata":{"name":"{here}"}}`)
		c.get("/api/v1/namespaces/nowhere")
	}},
	"a namespace goes": {"with all that is in it, after the finalizers", func(c *conversation) {
		c.post(routes, with(`"finalizers":["fedroute.io/run"]`, c.route("a")))
		c.post(secrets, secret)
		c.delete("/api/v1/namespaces/{here}", background)
		c.settle(secrets+"/a", http.StatusNotFound)
		c.deleting(routes + "/a")
		c.post(topologies, c.topology("late"))
		c.post(secrets, strings.Replace(secret, `"a"`, `"late"`, 1))
		c.merge(routes+"/a", `{"spec":{"suspend":true}}`)
		c.merge(routes+"/a", `{"metadata":{"finalizers":null}}`)
		c.settle("/api/v1/namespaces/{here}", http.StatusNotFound)
		c.get(routes + "/a")
	}},
	"an owner goes": {"what it owns goes, and what others own stays", func(c *conversation) {
		c.post(routes, c.route("owner"))
		uid := c.meta("uid")
		owned := func(name, by string) string {
			return with(`"ownerReferences":[{"apiVersion":"fedroute.io/v1alpha1","kind":"FederationRoute","name":"owner","uid":"`+by+`","blockOwnerDeletion":true}]`, strings.Replace(secret, `"a"`, `"`+name+`"`, 1))
		}
		c.post(secrets, owned("its", uid))
		c.post(secrets, secret)
		c.delete(routes+"/owner", background)
		c.settle(secrets+"/its", http.StatusNotFound)
		c.get(secrets + "/a")
	}},
	"an owner goes last": {"foreground", func(c *conversation) {
		c.post(routes, c.route("owner"))
		c.post(secrets, with(`"finalizers":["example.com/hold"],"ownerReferences":[{"apiVersion":"fedroute.io/v1alpha1","kind":"FederationRoute","name":"owner","uid":"`+c.meta("uid")+`","blockOwnerDeletion":true}]`, secret))
		c.collectorKnows()
		c.delete(routes+"/owner", `{"propagationPolicy":"Foreground"}`)
		c.deleting(secrets + "/a")
		c.get(routes + "/owner")
		c.merge(secrets+"/a", `{"metadata":{"finalizers":null}}`)
		c.settle(routes+"/owner", http.StatusNotFound)
	}},
	"an owner goes alone": {"orphans stay", func(c *conversation) {
		c.post(routes, c.route("owner"))
		c.post(secrets, with(`"ownerReferences":[{"apiVersion":"fedroute.io/v1alpha1","kind":"FederationRoute","name":"owner","uid":"`+c.meta("uid")+`"}]`, secret))
		c.collectorKnows()
		c.delete(routes+"/owner", `{"propagationPolicy":"Orphan"}`)
		c.settle(routes+"/owner", http.StatusNotFound)
		c.quietly(func() { c.get(secrets + "/a") })
		fmt.Fprintf(&c.said, "owners: %v\n", c.last["metadata"].(map[string]any)["ownerReferences"])
	}},
}

// held counts the conversations, each of which has a namespace of its own.
var held atomic.Int32

// TestTheServerInMemoryAnswersAsTheRealOne holds each conversation with both. So what
// managers are driven on in memory is what they meet in a cluster.
func TestTheServerInMemoryAnswersAsTheRealOne(t *testing.T) {
	memory := inMemory(t)
	for name, c := range conversations {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			namespace := fmt.Sprintf("conversation-%d", held.Add(1))
			real, mine := talk(t, api.Config, namespace), talk(t, memory.Config("person"), namespace)
			c.hold(real)
			c.hold(mine)
			if diff := cmp.Diff(real.said.String(), mine.said.String()); diff != "" {
				t.Errorf("%s (-real +in memory):\n%s", c.reason, diff)
			}
		})
	}
}

// TestTheServerInMemoryRefusesWhatTheRealOneRefuses compares every refusal with its field and
// its message, and finds a rule of the CRDs that nothing breaks.
func TestTheServerInMemoryRefusesWhatTheRealOneRefuses(t *testing.T) {
	memory := inMemory(t)
	real, mine := talk(t, api.Config, "default"), talk(t, memory.Config("person"), "default")
	said := ""
	for name, b := range badObjects {
		for _, c := range []*conversation{real, mine} {
			c.said.Reset()
			path := routes
			if b.base == goodTopology {
				path = topologies
			}
			c.post(path, asJSON(t, b.text(), "a"))
			c.settle(path+"/a", http.StatusNotFound)
		}
		said += real.said.String()
		if diff := cmp.Diff(real.said.String(), mine.said.String()); diff != "" {
			t.Errorf("%s: %s (-real +in memory):\n%s", name, b.reason, diff)
		}
	}
	for _, message := range rules(t) {
		if !strings.Contains(said, message) {
			t.Errorf("no bad object breaks the rule that says %q", message)
		}
	}
}

func inMemory(t *testing.T) *apistore.Store {
	t.Helper()
	kinds, err := apistore.ReadKinds(filepath.Join(root, "config/crd/bases"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := kinds.NewStore(apistore.Faults{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// rules are the messages of the rules of both CRDs.
func rules(t *testing.T) []string {
	t.Helper()
	var found []string
	var collect func(any)
	collect = func(value any) {
		switch value := value.(type) {
		case map[string]any:
			if message, ok := value["message"].(string); ok && value["rule"] != nil {
				found = append(found, message)
			}
			for _, v := range value {
				collect(v)
			}
		case []any:
			for _, v := range value {
				collect(v)
			}
		}
	}
	for _, kind := range []string{"federationroutes", "lynctopologies"} {
		text, err := os.ReadFile(filepath.Join(root, "config/crd/bases/fedroute.io_"+kind+".yaml"))
		if err != nil {
			t.Fatal(err)
		}
		var crd map[string]any
		if err := yaml.Unmarshal(text, &crd); err != nil {
			t.Fatal(err)
		}
		collect(crd)
	}
	if len(found) < 30 {
		t.Fatalf("only %d rules were found", len(found))
	}
	slices.Sort(found)
	return slices.Compact(found)
}
