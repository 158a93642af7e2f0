// DynamoDB Local on 127.0.0.1 alone, in memory, on a free port that it prints. Its own main class would listen on every address.
import com.amazonaws.services.dynamodbv2.local.main.ServerRunner;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

public class LoopbackServer {
  public static void main(String[] arguments) throws Exception {
    // The port is replaced before anything listens.
    var proxy = ServerRunner.createServerFromCommandLineArgs(
        new String[] {"-inMemory", "-disableTelemetry", "-port", "8000"});
    var field = proxy.getClass().getDeclaredField("server");
    field.setAccessible(true);
    var server = (Server) field.get(proxy);
    var connector = new ServerConnector(server);
    connector.setHost("127.0.0.1");
    connector.setPort(0);
    server.setConnectors(new Connector[] {connector});
    proxy.start();
    System.out.println("listening on " + connector.getLocalPort());
    // Whoever started this holds its input open: it ends with them, even where they were killed.
    while (System.in.read() >= 0) { }
    System.exit(0);
  }
}
